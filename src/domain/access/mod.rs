//! Who may do what: permissions, boundaries, grants and their evaluation.
