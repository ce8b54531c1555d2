### The hosted pages. Texts are calm and short, say what happened, and what to do now.

page-of = { $title } – { $application }
page-with-error = Error: { $title }
language = Language
error-mark = Error:
support = Need help? Write to { $address }.
send-new = Send me a new one
try-another-address = Try another address

forgot-title = Forgot your password?
forgot-lead-link = Enter the email address of your account. We will send you a link to choose a new password.
forgot-lead-code = Enter the email address of your account. We will send you a code to choose a new password.
forgot-send-link = Send me a link
forgot-send-code = Send me a code
email-label = Email address
email-empty = Enter your email address.
email-too-long = This is longer than an email address can be.
email-malformed = Enter one email address, such as name@example.com.
summary-title = Please check this

sent-title = Check your email
sent-text = If there is an account with the address you entered, we have sent it a link to choose a new password. It can take a few minutes; look into the spam folder too.

code-title = Enter your code
code-lead = If there is an account with the address you entered, an email with an eight-digit code is on its way.
code-label = Code from the email
code-hint = Eight digits. Spaces do not matter.
code-continue = Continue
code-missing = Enter the eight digits from the email.
code-wrong = This code does not work. Check the digits, or ask for a new code.
code-nothing = Nothing there? It can take a few minutes; look into the spam folder too.
code-resend = Send the code again
code-resend-wait = possible in { $wait }
code-resend-now = You can ask for the code again now.
code-resent = If there is an account, the code was sent again. It is the same one.
code-too-early = The code was sent a moment ago. You can ask again in { $wait }.

password-title = Choose a new password
password-account = for the account
password-rules = Your new password needs:
password-tip = Spaces and any letters are welcome. Three or four unrelated words are easy to remember and hard to guess.
password-new = New password
password-repeat = New password again
password-show = Show
password-hide = Hide
password-show-label = Show passwords
password-submit = Change my password
password-signed-out = You will be signed out on all devices.
passwords-differ = The two passwords are not the same. Enter the new one twice.
passwords-match = The two passwords match.
rule-length =
    { $count ->
        [one] At least { $count } character
       *[other] At least { $count } characters
    }
rule-lowercase = A lower-case letter
rule-uppercase = An upper-case letter
rule-digit = A digit
rule-special = A space, punctuation mark or other special character
rule-common = Not a common password, and not your name or email address
rule-breached = Not a password known from a data breach
rule-strength = Hard to guess: a few unrelated words work well
rule-history =
    { $count ->
        [1] Not the password you have now
        [one] Not your last { $count } password
       *[other] Not one of your last { $count } passwords
    }
rule-met = done
rules-left = Still needed: { $rules }
rules-met = All of this is there.
strength = Strength: { $level }
strength-0 = very weak
strength-1 = weak
strength-2 = fair
strength-3 = good
strength-4 = strong

violation-empty = Enter a new password.
violation-too-short =
    { $count ->
        [one] Too short: use at least { $count } character. Spaces count.
       *[other] Too short: use at least { $count } characters. Spaces count.
    }
violation-too-long = Too long: use at most 256 characters.
violation-control = It holds a character that cannot be typed everywhere, such as a tab.
violation-lowercase = Add a lower-case letter.
violation-uppercase = Add an upper-case letter.
violation-digit = Add a digit.
violation-special = Add a space, punctuation mark or other special character.
violation-common = This is among the first passwords that anybody would try. Choose another one.
violation-identity = This is your own name or address. Choose something that others do not know.
violation-weak = Too easy to guess. Add another word or two; uncommon words are better.
violation-weak-date = Too easy to guess: dates and years are tried early. Add a few unrelated words.
violation-weak-name = Too easy to guess: names are tried early. Add a few unrelated words.
violation-weak-keyboard = Too easy to guess: rows of keys are tried early. Use a few unrelated words.
violation-weak-repeat = Too easy to guess: repeated characters add little. Use a few unrelated words.
violation-weak-common = Too easy to guess: this is close to a common password. Use a few unrelated words.
violation-breached = This password is known from a data breach elsewhere. Choose another one.
violation-reused = You have used this password before. Choose another one.
busy = We are busy right now. Nothing was lost: try again in a moment.

totp-label = Code from your authenticator app
totp-hint = Six digits, new every 30 seconds. Your account is protected by an authenticator.
totp-missing = Enter the six digits that your authenticator app shows.
totp-wrong = This code does not work. Enter the one that your authenticator app shows now.
totp-used = This code was used a moment ago. Wait for the next one and enter that.

done-title = Your password was changed
done-text = You can sign in with the new one now. You were signed out everywhere else, and we have sent you an email about it.
done-back = Back to { $application }

link-expired-title = This link has expired
link-expired-text = Links work for a short time only, to keep your account safe. Your password is unchanged.
link-used-title = This link was already used
link-used-text = A password was set with it, and a link works once. If that was not you, ask for a new link now.
link-superseded-title = There is a newer link
link-superseded-text = You asked more than once, and this link was replaced by a newer one. Look for the latest email.
link-cancelled-title = This link was cancelled
link-cancelled-text = Something about the account changed after the link was made. Your password is unchanged.
link-unknown-title = This link is not recognised
link-unknown-text = It may be damaged: some mail programs break long links in two. Copy the whole link into the address bar, or ask for a new one.
code-expired-title = This code has expired
code-expired-text = Codes work for a few minutes only, to keep your account safe. Ask for a new one.
code-dead-title = This code does not work
code-dead-text = It may have been used already, or replaced by a newer one.
no-flow-title = Open your link again
no-flow-text = This page opens from the link in your email, and stays open for ten minutes. Click the link once more. If you come back here, allow cookies for this site.
stale-title = Please try that again
stale-text = The form was open for too long, or another link was opened in the meantime. Nothing was changed.
stale-action = Open the form again
no-passwords-title = Passwords are not used here
no-passwords-text = Sign in the way you usually do, or ask for help there.
ask-application = Where do you want to sign in?
ask-application-hint = The name of the website or app, as its emails call it.

problem-not-found-title = Page not found
problem-not-found-text = There is nothing at this address. Check the link, or start again.
problem-method-title = Not possible here
problem-method-text = This page cannot be used in that way.
problem-throttled-title = Too many attempts
problem-throttled-text = Please wait a little before you try again.
problem-busy-title = Please try again
problem-busy-text = We are busy right now. Nothing was lost; try again in a moment.
problem-fault-title = Something went wrong
problem-fault-text = The fault is ours. Please try again in a moment.
problem-forbidden-title = Not allowed
problem-forbidden-text = You may not see this page.
problem-invalid-title = That did not work
problem-invalid-text = The request could not be understood. Go back and try again.
problem-reference = Reference: { $ticket }
