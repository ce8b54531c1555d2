page-of = { $title } – { $application }
page-with-error = Erreur : { $title }
language = Langue
error-mark = Erreur :
support = Besoin d’aide ? Écrivez à { $address }.
send-new = M’en envoyer un nouveau
try-another-address = Essayer une autre adresse

forgot-title = Mot de passe oublié ?
forgot-lead-link = Saisissez l’adresse e-mail de votre compte. Nous vous enverrons un lien pour choisir un nouveau mot de passe.
forgot-lead-code = Saisissez l’adresse e-mail de votre compte. Nous vous enverrons un code pour choisir un nouveau mot de passe.
forgot-send-link = M’envoyer un lien
forgot-send-code = M’envoyer un code
email-label = Adresse e-mail
email-empty = Saisissez votre adresse e-mail.
email-too-long = C’est plus long que ne peut l’être une adresse e-mail.
email-malformed = Saisissez une seule adresse e-mail, par exemple nom@example.com.
summary-title = À vérifier

sent-title = Consultez vos e-mails
sent-text = S’il existe un compte avec l’adresse saisie, nous y avons envoyé un lien pour choisir un nouveau mot de passe. Cela peut prendre quelques minutes ; regardez aussi dans les indésirables.

code-title = Saisissez votre code
code-lead = S’il existe un compte avec l’adresse saisie, un e-mail contenant un code à huit chiffres est en route.
code-label = Code reçu par e-mail
code-hint = Huit chiffres. Les espaces ne comptent pas.
code-continue = Continuer
code-missing = Saisissez les huit chiffres reçus par e-mail.
code-wrong = Ce code ne fonctionne pas. Vérifiez les chiffres ou demandez un nouveau code.
code-nothing = Rien reçu ? Cela peut prendre quelques minutes ; regardez aussi dans les indésirables.
code-resend = Renvoyer le code
code-resend-wait = possible dans { $wait }
code-resend-now = Vous pouvez de nouveau demander le code.
code-resent = S’il existe un compte, le code a été renvoyé. C’est le même.
code-too-early = Le code vient d’être envoyé. Vous pourrez le redemander dans { $wait }.

password-title = Choisissez un nouveau mot de passe
password-account = pour le compte
password-rules = Votre nouveau mot de passe doit comporter :
password-tip = Les espaces et toutes les lettres sont bienvenus. Trois ou quatre mots sans rapport sont faciles à retenir et difficiles à deviner.
password-new = Nouveau mot de passe
password-repeat = Nouveau mot de passe, encore une fois
password-show = Afficher
password-hide = Masquer
password-show-label = Afficher les mots de passe
password-submit = Changer mon mot de passe
password-signed-out = Vous serez déconnecté de tous vos appareils.
passwords-differ = Les deux mots de passe sont différents. Saisissez le nouveau deux fois.
passwords-match = Les deux mots de passe sont identiques.
rule-length =
    { $count ->
        [one] Au moins { $count } caractère
       *[other] Au moins { $count } caractères
    }
rule-lowercase = Une lettre minuscule
rule-uppercase = Une lettre majuscule
rule-digit = Un chiffre
rule-special = Un espace, un signe de ponctuation ou un autre caractère spécial
rule-common = Rien de courant : ni mot de passe répandu, ni votre nom, ni votre adresse e-mail
rule-breached = Rien qui soit connu à la suite d’une fuite de données
rule-strength = Quelque chose de difficile à deviner : quelques mots sans rapport conviennent bien
rule-history =
    { $count ->
        [1] Autre chose que votre mot de passe actuel
        [one] Autre chose que votre { $count } dernier mot de passe
       *[other] Autre chose que vos { $count } derniers mots de passe
    }
rule-met = rempli
rules-left = Il manque encore : { $rules }
rules-met = Tout y est.
strength = Robustesse : { $level }
strength-0 = très faible
strength-1 = faible
strength-2 = moyenne
strength-3 = bonne
strength-4 = excellente

violation-empty = Saisissez un nouveau mot de passe.
violation-too-short =
    { $count ->
        [one] Trop court : utilisez au moins { $count } caractère. Les espaces comptent.
       *[other] Trop court : utilisez au moins { $count } caractères. Les espaces comptent.
    }
violation-too-long = Trop long : utilisez au plus 256 caractères.
violation-control = Il contient un caractère qui ne peut pas être saisi partout, comme une tabulation.
violation-lowercase = Ajoutez une lettre minuscule.
violation-uppercase = Ajoutez une lettre majuscule.
violation-digit = Ajoutez un chiffre.
violation-special = Ajoutez un espace, un signe de ponctuation ou un autre caractère spécial.
violation-common = C’est l’un des premiers mots de passe que n’importe qui essaierait. Choisissez-en un autre.
violation-identity = C’est votre propre nom ou adresse. Choisissez quelque chose que les autres ignorent.
violation-weak = Trop facile à deviner. Ajoutez un ou deux mots ; les mots rares sont préférables.
violation-weak-date = Trop facile à deviner : les dates et les années sont essayées très tôt. Ajoutez quelques mots sans rapport.
violation-weak-name = Trop facile à deviner : les noms sont essayés très tôt. Ajoutez quelques mots sans rapport.
violation-weak-keyboard = Trop facile à deviner : les suites de touches sont essayées très tôt. Utilisez quelques mots sans rapport.
violation-weak-repeat = Trop facile à deviner : répéter des caractères apporte peu. Utilisez quelques mots sans rapport.
violation-weak-common = Trop facile à deviner : il ressemble à un mot de passe courant. Utilisez quelques mots sans rapport.
violation-breached = Ce mot de passe est connu à la suite d’une fuite de données ailleurs. Choisissez-en un autre.
violation-reused = Vous avez déjà utilisé ce mot de passe. Choisissez-en un autre.
busy = Nous sommes très sollicités. Rien n’est perdu : réessayez dans un instant.

totp-label = Code de votre application d’authentification
totp-hint = Six chiffres, renouvelés toutes les 30 secondes. Votre compte est protégé par une application d’authentification.
totp-missing = Saisissez les six chiffres affichés par votre application d’authentification.
totp-wrong = Ce code ne fonctionne pas. Saisissez celui que votre application affiche maintenant.
totp-used = Ce code vient d’être utilisé. Attendez le suivant et saisissez-le.

done-title = Votre mot de passe a été changé
done-text = Vous pouvez maintenant vous connecter avec le nouveau. Vous avez été déconnecté partout ailleurs, et nous vous avons envoyé un e-mail à ce sujet.
done-back = Retour à { $application }

link-expired-title = Ce lien a expiré
link-expired-text = Les liens ne sont valables que peu de temps, pour protéger votre compte. Votre mot de passe est inchangé.
link-used-title = Ce lien a déjà été utilisé
link-used-text = Un mot de passe a été défini avec lui, et un lien ne sert qu’une fois. Si ce n’était pas vous, demandez un nouveau lien maintenant.
link-superseded-title = Il existe un lien plus récent
link-superseded-text = Vous en avez demandé plusieurs, et ce lien a été remplacé par un plus récent. Cherchez le dernier e-mail.
link-cancelled-title = Ce lien a été annulé
link-cancelled-text = Le compte a été modifié après la création du lien. Votre mot de passe est inchangé.
link-unknown-title = Ce lien n’est pas reconnu
link-unknown-text = Il est peut-être abîmé : certaines messageries coupent les longs liens. Copiez le lien entier dans la barre d’adresse ou demandez-en un nouveau.
code-expired-title = Ce code a expiré
code-expired-text = Les codes ne sont valables que quelques minutes, pour protéger votre compte. Demandez-en un nouveau.
code-dead-title = Ce code ne fonctionne pas
code-dead-text = Il a peut-être déjà été utilisé ou remplacé par un plus récent.
no-flow-title = Ouvrez de nouveau votre lien
no-flow-text = Cette page s’ouvre depuis le lien de votre e-mail et reste ouverte dix minutes. Cliquez de nouveau sur le lien. Si vous revenez ici, autorisez les cookies pour ce site.
stale-title = Veuillez réessayer
stale-text = Le formulaire est resté ouvert trop longtemps, ou un autre lien a été ouvert entre-temps. Rien n’a été modifié.
stale-action = Rouvrir le formulaire
no-passwords-title = Ici, on n’utilise pas de mots de passe
no-passwords-text = Connectez-vous comme d’habitude, ou demandez de l’aide sur place.
ask-application = Où voulez-vous vous connecter ?
ask-application-hint = Le nom du site ou de l’application, tel qu’il figure dans ses e-mails.

problem-not-found-title = Page introuvable
problem-not-found-text = Il n’y a rien à cette adresse. Vérifiez le lien ou recommencez.
problem-method-title = Impossible ici
problem-method-text = Cette page ne peut pas être utilisée ainsi.
problem-throttled-title = Trop de tentatives
problem-throttled-text = Veuillez patienter un peu avant de réessayer.
problem-busy-title = Veuillez réessayer
problem-busy-text = Nous sommes très sollicités. Rien n’est perdu ; réessayez dans un instant.
problem-fault-title = Un problème est survenu
problem-fault-text = La faute est de notre côté. Veuillez réessayer dans un instant.
problem-forbidden-title = Accès refusé
problem-forbidden-text = Vous ne pouvez pas voir cette page.
problem-invalid-title = Cela n’a pas fonctionné
problem-invalid-text = La demande n’a pas pu être comprise. Revenez en arrière et réessayez.
problem-reference = Référence : { $ticket }
