//! The key file, on a real file system.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;

use super::*;
use crate::domain::entropy::SeededEntropy;
use crate::domain::keys::Purpose;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets").join("keys.json");
    (folder, path)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn saved(path: &Path) -> KeysFile {
    let keys = KeysFile::generate(true, NOW, &SeededEntropy::new(1));
    keys.save_new(path, &SeededEntropy::new(2)).unwrap();
    keys
}

fn derived(keys: &KeysFile) -> (String, [u8; 32]) {
    let ring = keys.key_ring().unwrap();
    (ring.current().id().to_owned(), *ring.current().derive(Purpose::EmailLink, &[b"x"]).expose())
}

fn current(keys: &KeysFile, kind: &str) -> String {
    keys.list().into_iter().find(|key| key.kind == kind && key.state == "current").unwrap().id
}

#[test]
fn keys_read_back_as_they_were_written() {
    let (_folder, path) = place();
    let keys = saved(&path);
    let read = KeysFile::load(&path, Exposure::Refuse).unwrap();
    assert_eq!(derived(&read), derived(&keys));
    assert_eq!(read.list(), keys.list());
    assert_eq!(read.pepper().unwrap().expose(), keys.pepper().unwrap().expose());
    let pair = |keys: &KeysFile| keys.signing_keys().unwrap().current;
    assert_eq!((pair(&read).kid, pair(&read).public), (pair(&keys).kid, pair(&keys).public));
}

#[test]
fn the_file_and_its_folder_are_for_their_owner_alone() {
    let (_folder, path) = place();
    saved(&path);
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    saved_again(&path);
    assert_eq!(mode(&path), 0o600);
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["keys.json"], "no draft stays behind");
}

fn saved_again(path: &Path) {
    KeysFile::load(path, Exposure::Refuse).unwrap().save(path, &SeededEntropy::new(3)).unwrap();
}

#[test]
fn a_file_that_others_may_read_is_refused_in_production_only() {
    let (_folder, path) = place();
    saved(&path);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = KeysFile::load(&path, Exposure::Refuse).unwrap_err().to_string();
    assert!(error.contains("mode 640") && error.contains("chmod 600"), "{error}");
    assert!(KeysFile::load(&path, Exposure::Warn).is_ok());
}

#[test]
fn an_existing_file_is_never_overwritten_by_new_keys() {
    let (_folder, path) = place();
    let keys = saved(&path);
    let other = KeysFile::generate(false, NOW, &SeededEntropy::new(9));
    assert!(matches!(other.save_new(&path, &SeededEntropy::new(8)), Err(KeysFileError::Exists(_))));
    let (read, made) = KeysFile::load_or_generate(&path, Exposure::Refuse, NOW, &SeededEntropy::new(7)).unwrap();
    assert_eq!((derived(&read), made), (derived(&keys), false));
}

#[test]
fn a_missing_file_is_made_on_demand() {
    let (_folder, path) = place();
    assert!(matches!(KeysFile::load(&path, Exposure::Warn), Err(KeysFileError::Missing(_))));
    let (keys, made) = KeysFile::load_or_generate(&path, Exposure::Refuse, NOW, &SeededEntropy::new(7)).unwrap();
    assert!(made && path.is_file());
    assert_eq!(derived(&keys), derived(&KeysFile::load(&path, Exposure::Refuse).unwrap()));
}

#[test]
fn after_a_rotation_the_old_keys_still_verify() {
    let mut keys = KeysFile::generate(false, NOW, &SeededEntropy::new(1));
    let (old, kid) = (current(&keys, "derivation"), current(&keys, "signing"));
    let pseudonym = keys.key_ring().unwrap().pseudonym(Purpose::AddressPseudonym, &[b"a"]);
    keys.rotate(NOW, &SeededEntropy::new(2));
    let ring = keys.key_ring().unwrap();
    assert_ne!(ring.current().id(), old);
    assert!(ring.find(&old).is_some());
    assert_eq!(ring.pseudonym(Purpose::AddressPseudonym, &[b"a"]), pseudonym);
    let signing = keys.signing_keys().unwrap();
    assert_ne!(signing.current.kid, kid);
    assert!(signing.find(&kid).is_some());
}

#[test]
fn a_revoked_key_verifies_nothing_and_has_a_successor() {
    let mut keys = KeysFile::generate(false, NOW, &SeededEntropy::new(1));
    let (id, kid) = (current(&keys, "derivation"), current(&keys, "signing"));
    keys.revoke(&id, NOW, &SeededEntropy::new(2)).unwrap();
    keys.revoke(&kid, NOW, &SeededEntropy::new(3)).unwrap();
    assert!(keys.key_ring().unwrap().find(&id).is_none());
    assert_ne!(keys.key_ring().unwrap().current().id(), id);
    assert!(keys.signing_keys().unwrap().find(&kid).is_none());
    assert_eq!(keys.revoked_ids().collect::<Vec<_>>(), [id.as_str()]);
    assert!(matches!(keys.revoke(&id, NOW, &SeededEntropy::new(4)), Err(KeysFileError::AlreadyRevoked(_))));
    assert!(matches!(keys.revoke("key_x", NOW, &SeededEntropy::new(4)), Err(KeysFileError::UnknownKey(_))));
}

#[test]
fn revoking_an_older_key_leaves_the_current_one() {
    let mut keys = KeysFile::generate(false, NOW, &SeededEntropy::new(1));
    let old = current(&keys, "derivation");
    keys.rotate(NOW, &SeededEntropy::new(2));
    let newest = current(&keys, "derivation");
    keys.revoke(&old, NOW, &SeededEntropy::new(3)).unwrap();
    assert_eq!(current(&keys, "derivation"), newest);
    assert_eq!(keys.list().len(), 4);
}

#[test]
fn the_private_key_is_a_pkcs8_document_of_the_public_one() {
    let pair = KeysFile::generate(false, NOW, &SeededEntropy::new(1)).signing_keys().unwrap().current;
    let key = SigningKey::from_pkcs8_der(&pair.pkcs8_der()).unwrap();
    assert_eq!(key.verifying_key().to_bytes(), pair.public);
}

#[test]
fn a_damaged_file_is_refused_without_quoting_it() {
    let (_folder, path) = place();
    saved(&path);
    let good = fs::read_to_string(&path).unwrap();
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let document: serde_json::Value = serde_json::from_str(&good).unwrap();
    let secret = document["pseudonym_key"].as_str().unwrap();
    let public = document["signing_keys"][0]["public_key"].as_str().unwrap();
    let damaged = [
        good.replace("\"version\": 1", "\"version\": 2"),
        good.replace(secret, zeros),
        good.replace(secret, "c2hvcnQ="),
        good.replace(public, zeros),
        good.replace("EdDSA", "none"),
        good.replace("\"version\"", "\"extra\": 1, \"version\""),
        format!("{secret}{good}"),
        String::new(),
    ];
    for text in damaged {
        fs::write(&path, &text).unwrap();
        let error = KeysFile::load(&path, Exposure::Refuse).unwrap_err();
        assert!(matches!(error, KeysFileError::Unreadable { .. }), "{error}");
        assert!(!error.to_string().contains(secret), "{error}");
    }
}

#[test]
fn debug_output_shows_no_key() {
    let keys = KeysFile::generate(true, NOW, &SeededEntropy::new(1));
    let text = format!("{keys:?} {:?}", keys.signing_keys().unwrap());
    assert!(text.contains("SecretBytes(…)") && !text.contains("SecretBytes(["));
}
