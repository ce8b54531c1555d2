## In every mail

mail-hello = Guten Tag { $name },
mail-hello-nobody = Guten Tag,
mail-not-you = Das waren nicht Sie?
mail-request-from = Die Anfrage kam aus dem Netz { $network } ({ $browser }).
mail-request-from-network = Die Anfrage kam aus dem Netz { $network }.
mail-automatic = Diese Nachricht wurde automatisch verschickt.
mail-questions = Fragen? Schreiben Sie an
mail-operators = die Betreiber von { $application }

## A link to reset the password

reset-link-subject = { $application }: Passwort zurücksetzen
reset-link-preheader =
    { $minutes ->
        [one] Wählen Sie innerhalb von { $minutes } Minute ein neues Passwort.
       *[other] Wählen Sie innerhalb von { $minutes } Minuten ein neues Passwort.
    }
reset-link-title = Neues Passwort wählen
reset-link-intro = Jemand möchte das Passwort Ihres Kontos bei { $application } zurücksetzen. Wenn Sie das waren, wählen Sie hier ein neues:
reset-link-intro-text = Jemand möchte das Passwort Ihres Kontos bei { $application } zurücksetzen. Wenn Sie das waren, öffnen Sie diesen Link und wählen Sie ein neues:
reset-link-lasts =
    { $minutes ->
        [one] Der Link gilt einmal, { $minutes } Minute lang, bis zum { $until }.
       *[other] Der Link gilt einmal, { $minutes } Minuten lang, bis zum { $until }.
    }
reset-link-fallback = Wenn die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:
reset-link-not-you = Dann brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist. Geben Sie diesen Link nicht weiter; wer ihn hat, kann Ihr Passwort setzen.

## A code to reset the password, or to confirm an address

reset-code-subject = { $application }: Ihr Code zum Zurücksetzen des Passworts
reset-code-title = Ihr Code
reset-code-intro = Jemand möchte das Passwort Ihres Kontos bei { $application } zurücksetzen. Wenn Sie das waren, geben Sie diesen Code dort ein, wo Sie ihn angefordert haben:
reset-code-not-you = Dann brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist. Nennen Sie diesen Code niemandem, auch nicht jemandem, der angeblich von { $application } kommt.
code-preheader =
    { $minutes ->
        [one] Der Code gilt { $minutes } Minute lang.
       *[other] Der Code gilt { $minutes } Minuten lang.
    }
code-lasts =
    { $minutes ->
        [one] Der Code gilt einmal, { $minutes } Minute lang, bis zum { $until }.
       *[other] Der Code gilt einmal, { $minutes } Minuten lang, bis zum { $until }.
    }
verification-subject = { $application }: E-Mail-Adresse bestätigen
verification-title = Adresse bestätigen
verification-intro = Um zu bestätigen, dass diese Adresse Ihnen gehört, geben Sie bei { $application } diesen Code ein:
verification-not-you = Dann hat jemand Ihre Adresse eingegeben, vielleicht aus Versehen. Ohne den Code geschieht nichts; geben Sie ihn also nicht weiter.

## Somebody made a link that is handed over

link-created-subject = Für Ihr Konto bei { $application } wurde ein Link zum Zurücksetzen erstellt
link-created-preheader = Wenn Sie nicht um Hilfe mit Ihrem Passwort gebeten haben, lesen Sie das bitte.
link-created-title = Für Sie wurde ein Link erstellt
link-created-intro = Am { $at } hat jemand, der { $application } betreut, einen Link erstellt, mit dem Sie ein neues Passwort wählen können. Sie erhalten ihn auf anderem Weg, nicht mit dieser E-Mail, und er gilt bis zum { $until }.
link-created-calm = Wenn Sie um Hilfe gebeten haben, brauchen Sie nichts zu tun. Ihr Passwort bleibt, wie es ist, bis der Link benutzt wird; dann erhalten Sie noch eine Nachricht.
link-created-not-you = Wenden Sie sich sofort an { $contact }, denn wer den Link hat, kann Ihr Passwort setzen.

## The password was changed

updated-subject = Ihr Passwort bei { $application } wurde geändert
updated-preheader = Wenn Sie das waren, brauchen Sie nichts zu tun.
updated-title = Ihr Passwort wurde geändert
updated-intro = Das Passwort Ihres Kontos bei { $application } wurde am { $at } geändert.
updated-from = Die Änderung kam aus dem Netz { $network } ({ $browser }).
updated-from-network = Die Änderung kam aus dem Netz { $network }.
updated-calm = Wenn Sie das waren, brauchen Sie nichts zu tun. Auf Ihren anderen Geräten müssen Sie sich vielleicht neu anmelden.
updated-not-you = Setzen Sie Ihr Passwort jetzt zurück und wenden Sie sich an { $contact }. Wer es geändert hat, kann vielleicht auch Ihre E-Mails lesen; prüfen Sie also auch dieses Konto.

## Too many wrong codes

exhausted-subject = Zu viele falsche Codes für Ihr Konto bei { $application }
exhausted-preheader = Ihr Passwort bleibt, wie es ist.
exhausted-title = Zu viele falsche Codes
exhausted-intro = Am { $at } wurde beim Zurücksetzen des Passworts Ihres Kontos bei { $application } zu oft ein falscher Code eingegeben. Dieser Code gilt nicht mehr. Wenn Sie das waren, fordern Sie einen neuen an.
exhausted-throttled = Am { $at } hat jemand einen Code angefordert, um das Passwort Ihres Kontos bei { $application } zurückzusetzen. Zuvor wurden zu viele falsche Codes eingegeben; deshalb wird vorerst kein neuer verschickt. Bitte versuchen Sie es später noch einmal.
exhausted-calm = Ihr Passwort bleibt, wie es ist, und Sie können sich wie gewohnt anmelden.
exhausted-not-you = Dann rät vielleicht jemand, bisher ohne Erfolg. Nennen Sie niemandem einen Code; wenn es nicht aufhört, wenden Sie sich an { $contact }.

## There is no account

no-account-subject = Bei { $application } gibt es kein Konto mit dieser Adresse
no-account-preheader = Sie wollten ein Passwort zurücksetzen, aber hier gibt es kein Konto.
no-account-title = Kein Konto mit dieser Adresse
no-account-intro = Jemand wollte bei { $application } ein Passwort zurücksetzen und hat diese E-Mail-Adresse angegeben. Mit dieser Adresse gibt es kein Konto.
no-account-hint = Wenn Sie das waren, haben Sie sich vielleicht mit einer anderen Adresse angemeldet. Versuchen Sie es mit dieser.
no-account-not-you = Dann brauchen Sie nichts zu tun. Vielleicht hat sich jemand bei der eigenen Adresse vertippt.

## A test

test-subject = Eine Testnachricht von { $application }
test-preheader = E-Mails dieser Installation kommen an.
test-title = Es funktioniert
test-intro = Das ist ein Test. Ein Betreiber von { $application } hat ihn am { $at } verschickt, um zu sehen, ob E-Mails ankommen. Das tun sie.
test-calm = Sie brauchen nichts zu tun.
