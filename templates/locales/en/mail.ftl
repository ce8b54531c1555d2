### What the built-in mails say. $application is a name for people; $until and $at are moments.

## In every mail

mail-hello = Hello { $name },
mail-hello-nobody = Hello,
mail-not-you = Not you?
mail-request-from = The request came from the network { $network } ({ $browser }).
mail-request-from-network = The request came from the network { $network }.
mail-automatic = This message was sent automatically.
# The address follows.
mail-questions = Questions? Write to
# Stands where an address would: “contact …”.
mail-operators = the people who run { $application }

## A link to reset the password

reset-link-subject = Reset your { $application } password
reset-link-preheader =
    { $minutes ->
        [one] Choose a new password within { $minutes } minute.
       *[other] Choose a new password within { $minutes } minutes.
    }
# Also on the button.
reset-link-title = Choose a new password
reset-link-intro = Somebody asked to reset the password of your { $application } account. If that was you, choose a new one here:
reset-link-intro-text = Somebody asked to reset the password of your { $application } account. If that was you, open this link and choose a new one:
reset-link-lasts =
    { $minutes ->
        [one] The link works once, for { $minutes } minute, until { $until }.
       *[other] The link works once, for { $minutes } minutes, until { $until }.
    }
reset-link-fallback = If the button does not work, copy this address into your browser:
reset-link-not-you = Then there is nothing to do: your password stays as it is. Do not pass this link on; whoever holds it can set your password.

## A code to reset the password, or to confirm an address

reset-code-subject = Your code to reset the { $application } password
reset-code-title = Your code
reset-code-intro = Somebody asked to reset the password of your { $application } account. If that was you, enter this code where you asked for it:
reset-code-not-you = Then there is nothing to do: your password stays as it is. Never tell this code to anybody, not even to somebody who says they are from { $application }.
code-preheader =
    { $minutes ->
        [one] The code works for { $minutes } minute.
       *[other] The code works for { $minutes } minutes.
    }
code-lasts =
    { $minutes ->
        [one] The code works once, for { $minutes } minute, until { $until }.
       *[other] The code works once, for { $minutes } minutes, until { $until }.
    }
verification-subject = Confirm your email address for { $application }
verification-title = Confirm your address
verification-intro = To confirm that this address is yours, enter this code at { $application }:
verification-not-you = Then somebody entered your address, perhaps by mistake. Without the code nothing happens, so do not pass it on.

## Somebody made a link that is handed over

link-created-subject = A password reset link was made for your { $application } account
link-created-preheader = If you did not ask for help with your password, please read this.
link-created-title = A reset link was made for you
link-created-intro = On { $at }, somebody who looks after { $application } made a link that lets you choose a new password. It is handed to you another way, not by this email, and works until { $until }.
link-created-calm = If you asked for help, there is nothing to do. Your password stays as it is until the link is used, and then you get another message.
link-created-not-you = Contact { $contact } at once, because whoever holds the link can set your password.

## The password was changed

updated-subject = Your { $application } password was changed
updated-preheader = If that was you, there is nothing to do.
updated-title = Your password was changed
updated-intro = The password of your { $application } account was changed on { $at }.
updated-from = The change came from the network { $network } ({ $browser }).
updated-from-network = The change came from the network { $network }.
updated-calm = If that was you, there is nothing to do. You may have to sign in again on your other devices.
updated-not-you = Reset your password now, and contact { $contact }. Whoever changed it may also be able to read your email, so check that account too.

## Too many wrong codes

exhausted-subject = Too many wrong codes for your { $application } account
exhausted-preheader = Your password stays as it is.
exhausted-title = Too many wrong codes
exhausted-intro = On { $at }, a wrong code was entered too many times while resetting the password of your { $application } account. That code no longer works. If it was you, ask for a new one.
exhausted-throttled = On { $at }, somebody asked for a code to reset the password of your { $application } account. Too many wrong codes were entered before, so no new code is sent for now. Please try again later.
exhausted-calm = Your password stays as it is, and signing in works as before.
exhausted-not-you = Then somebody may be guessing, so far without success. Never tell a code to anybody; if it goes on, contact { $contact }.

## There is no account

no-account-subject = There is no { $application } account for this address
no-account-preheader = You asked to reset a password, but we know no account here.
no-account-title = No account with this address
no-account-intro = Somebody asked to reset a password at { $application } and gave this email address. There is no account with this address.
no-account-hint = If that was you, you may have signed up with another address. Try that one.
no-account-not-you = Then there is nothing to do. Perhaps somebody mistyped their own address.

## A test

test-subject = A test message from { $application }
test-preheader = Email from this installation arrives.
test-title = It works
test-intro = This is a test. An operator of { $application } sent it on { $at } to see whether email arrives. It did.
test-calm = There is nothing to do.
