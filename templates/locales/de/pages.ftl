page-of = { $title } – { $application }
page-with-error = Fehler: { $title }
language = Sprache
error-mark = Fehler:
support = Brauchen Sie Hilfe? Schreiben Sie an { $address }.
send-new = Neu zusenden
try-another-address = Andere Adresse versuchen

forgot-title = Passwort vergessen?
forgot-lead-link = Geben Sie die E-Mail-Adresse Ihres Kontos ein. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen.
forgot-lead-code = Geben Sie die E-Mail-Adresse Ihres Kontos ein. Wir senden Ihnen einen Code, mit dem Sie ein neues Passwort wählen.
forgot-send-link = Link zusenden
forgot-send-code = Code zusenden
email-label = E-Mail-Adresse
email-empty = Geben Sie Ihre E-Mail-Adresse ein.
email-too-long = Das ist länger, als eine E-Mail-Adresse sein kann.
email-malformed = Geben Sie eine einzelne E-Mail-Adresse ein, zum Beispiel name@example.com.
summary-title = Bitte prüfen Sie dies

sent-title = Sehen Sie in Ihre E-Mails
sent-text = Wenn es zu der eingegebenen Adresse ein Konto gibt, haben wir dorthin einen Link gesendet, mit dem Sie ein neues Passwort wählen. Das kann ein paar Minuten dauern; sehen Sie auch im Spam-Ordner nach.

code-title = Code eingeben
code-lead = Wenn es zu der eingegebenen Adresse ein Konto gibt, ist eine E-Mail mit einem achtstelligen Code unterwegs.
code-label = Code aus der E-Mail
code-hint = Acht Ziffern. Leerzeichen spielen keine Rolle.
code-continue = Weiter
code-missing = Geben Sie die acht Ziffern aus der E-Mail ein.
code-wrong = Dieser Code funktioniert nicht. Prüfen Sie die Ziffern oder fordern Sie einen neuen Code an.
code-nothing = Nichts angekommen? Das kann ein paar Minuten dauern; sehen Sie auch im Spam-Ordner nach.
code-resend = Code noch einmal senden
code-resend-wait = möglich in { $wait }
code-resend-now = Sie können den Code jetzt noch einmal anfordern.
code-resent = Wenn es ein Konto gibt, wurde der Code noch einmal gesendet. Es ist derselbe.
code-too-early = Der Code wurde gerade erst gesendet. Sie können ihn in { $wait } noch einmal anfordern.

password-title = Neues Passwort wählen
password-account = für das Konto
password-rules = Ihr neues Passwort braucht:
password-tip = Leerzeichen und alle Buchstaben sind willkommen. Drei oder vier Wörter ohne Zusammenhang sind leicht zu merken und schwer zu erraten.
password-new = Neues Passwort
password-repeat = Neues Passwort noch einmal
password-show = Zeigen
password-hide = Verbergen
password-show-label = Passwörter zeigen
password-submit = Passwort ändern
password-signed-out = Sie werden auf allen Geräten abgemeldet.
passwords-differ = Die beiden Passwörter sind verschieden. Geben Sie das neue zweimal ein.
passwords-match = Die beiden Passwörter sind gleich.
rule-length =
    { $count ->
        [one] Mindestens { $count } Zeichen
       *[other] Mindestens { $count } Zeichen
    }
rule-lowercase = Einen Kleinbuchstaben
rule-uppercase = Einen Großbuchstaben
rule-digit = Eine Ziffer
rule-special = Ein Leerzeichen, Satzzeichen oder anderes Sonderzeichen
rule-common = Kein verbreitetes Passwort und nicht Ihr Name oder Ihre E-Mail-Adresse
rule-breached = Kein Passwort, das aus einem Datenleck bekannt ist
rule-strength = Schwer zu erraten: Einige Wörter ohne Zusammenhang eignen sich gut
rule-history =
    { $count ->
        [1] Nicht Ihr jetziges Passwort
        [one] Nicht Ihr letztes { $count } Passwort
       *[other] Keines Ihrer letzten { $count } Passwörter
    }
rule-met = erfüllt
rules-left = Es fehlt noch: { $rules }
rules-met = Alles erfüllt.
strength = Stärke: { $level }
strength-0 = sehr schwach
strength-1 = schwach
strength-2 = mittel
strength-3 = gut
strength-4 = stark

violation-empty = Geben Sie ein neues Passwort ein.
violation-too-short =
    { $count ->
        [one] Zu kurz: Verwenden Sie mindestens { $count } Zeichen. Leerzeichen zählen mit.
       *[other] Zu kurz: Verwenden Sie mindestens { $count } Zeichen. Leerzeichen zählen mit.
    }
violation-too-long = Zu lang: Verwenden Sie höchstens 256 Zeichen.
violation-control = Es enthält ein Zeichen, das sich nicht überall eingeben lässt, etwa einen Tabulator.
violation-lowercase = Fügen Sie einen Kleinbuchstaben hinzu.
violation-uppercase = Fügen Sie einen Großbuchstaben hinzu.
violation-digit = Fügen Sie eine Ziffer hinzu.
violation-special = Fügen Sie ein Leerzeichen, Satzzeichen oder anderes Sonderzeichen hinzu.
violation-common = Dieses Passwort würde jeder mit als Erstes versuchen. Wählen Sie ein anderes.
violation-identity = Das ist Ihr eigener Name oder Ihre Adresse. Wählen Sie etwas, das andere nicht wissen.
violation-weak = Zu leicht zu erraten. Fügen Sie ein oder zwei Wörter hinzu; seltene sind besser.
violation-weak-date = Zu leicht zu erraten: Daten und Jahreszahlen werden früh versucht. Fügen Sie einige Wörter ohne Zusammenhang hinzu.
violation-weak-name = Zu leicht zu erraten: Namen werden früh versucht. Fügen Sie einige Wörter ohne Zusammenhang hinzu.
violation-weak-keyboard = Zu leicht zu erraten: Tastenreihen werden früh versucht. Verwenden Sie einige Wörter ohne Zusammenhang.
violation-weak-repeat = Zu leicht zu erraten: Wiederholte Zeichen bringen wenig. Verwenden Sie einige Wörter ohne Zusammenhang.
violation-weak-common = Zu leicht zu erraten: Das ähnelt einem verbreiteten Passwort. Verwenden Sie einige Wörter ohne Zusammenhang.
violation-breached = Dieses Passwort ist aus einem Datenleck anderswo bekannt. Wählen Sie ein anderes.
violation-reused = Dieses Passwort haben Sie schon einmal verwendet. Wählen Sie ein anderes.
busy = Im Moment ist viel los. Es ging nichts verloren: Versuchen Sie es gleich noch einmal.

totp-label = Code aus Ihrer Authenticator-App
totp-hint = Sechs Ziffern, alle 30 Sekunden neu. Ihr Konto ist durch einen Authenticator geschützt.
totp-missing = Geben Sie die sechs Ziffern ein, die Ihre Authenticator-App anzeigt.
totp-wrong = Dieser Code funktioniert nicht. Geben Sie den ein, den Ihre Authenticator-App jetzt anzeigt.
totp-used = Dieser Code wurde gerade schon verwendet. Warten Sie auf den nächsten und geben Sie diesen ein.

done-title = Ihr Passwort wurde geändert
done-text = Sie können sich jetzt mit dem neuen Passwort anmelden. Überall sonst wurden Sie abgemeldet, und wir haben Ihnen dazu eine E-Mail gesendet.
done-back = Zurück zu { $application }

link-expired-title = Dieser Link ist abgelaufen
link-expired-text = Links gelten nur kurze Zeit, damit Ihr Konto sicher bleibt. Ihr Passwort ist unverändert.
link-used-title = Dieser Link wurde schon verwendet
link-used-text = Damit wurde bereits ein Passwort gesetzt, und ein Link gilt nur einmal. Wenn Sie das nicht waren, fordern Sie jetzt einen neuen Link an.
link-superseded-title = Es gibt einen neueren Link
link-superseded-text = Sie haben mehr als einen angefordert, und dieser Link wurde durch einen neueren ersetzt. Suchen Sie die jüngste E-Mail.
link-cancelled-title = Dieser Link wurde zurückgezogen
link-cancelled-text = Am Konto hat sich etwas geändert, nachdem der Link erstellt wurde. Ihr Passwort ist unverändert.
link-unknown-title = Dieser Link ist nicht bekannt
link-unknown-text = Vielleicht ist er beschädigt: Manche Mailprogramme brechen lange Links um. Kopieren Sie den ganzen Link in die Adresszeile oder fordern Sie einen neuen an.
code-expired-title = Dieser Code ist abgelaufen
code-expired-text = Codes gelten nur wenige Minuten, damit Ihr Konto sicher bleibt. Fordern Sie einen neuen an.
code-dead-title = Dieser Code funktioniert nicht
code-dead-text = Vielleicht wurde er schon verwendet oder durch einen neueren ersetzt.
no-flow-title = Öffnen Sie Ihren Link noch einmal
no-flow-text = Diese Seite öffnet sich über den Link in Ihrer E-Mail und bleibt zehn Minuten offen. Klicken Sie den Link noch einmal an. Wenn Sie wieder hier landen, erlauben Sie Cookies für diese Website.
stale-title = Bitte versuchen Sie es noch einmal
stale-text = Das Formular war zu lange offen, oder inzwischen wurde ein anderer Link geöffnet. Es wurde nichts geändert.
stale-action = Formular neu öffnen
no-passwords-title = Hier werden keine Passwörter verwendet
no-passwords-text = Melden Sie sich wie gewohnt an oder bitten Sie dort um Hilfe.
ask-application = Wo möchten Sie sich anmelden?
ask-application-hint = Der Name der Website oder App, wie er in ihren E-Mails steht.

problem-not-found-title = Seite nicht gefunden
problem-not-found-text = Unter dieser Adresse gibt es nichts. Prüfen Sie den Link oder beginnen Sie von vorn.
problem-method-title = Das geht hier nicht
problem-method-text = Diese Seite lässt sich so nicht verwenden.
problem-throttled-title = Zu viele Versuche
problem-throttled-text = Bitte warten Sie etwas, bevor Sie es noch einmal versuchen.
problem-busy-title = Bitte versuchen Sie es noch einmal
problem-busy-text = Im Moment ist viel los. Es ging nichts verloren; versuchen Sie es gleich noch einmal.
problem-fault-title = Etwas ist schiefgegangen
problem-fault-text = Der Fehler liegt bei uns. Bitte versuchen Sie es gleich noch einmal.
problem-forbidden-title = Nicht erlaubt
problem-forbidden-text = Sie dürfen diese Seite nicht sehen.
problem-invalid-title = Das hat nicht funktioniert
problem-invalid-text = Die Anfrage war nicht zu verstehen. Gehen Sie zurück und versuchen Sie es noch einmal.
problem-reference = Kennung: { $ticket }
