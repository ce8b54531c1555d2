## In every mail

mail-hello = Bonjour { $name },
mail-hello-nobody = Bonjour,
mail-not-you = Ce n’était pas vous ?
mail-request-from = La demande provient du réseau { $network } ({ $browser }).
mail-request-from-network = La demande provient du réseau { $network }.
mail-automatic = Ce message a été envoyé automatiquement.
mail-questions = Des questions ? Écrivez à
mail-operators = les responsables de { $application }

## A link to reset the password

reset-link-subject = Réinitialisez votre mot de passe { $application }
reset-link-preheader =
    { $minutes ->
        [one] Choisissez un nouveau mot de passe dans un délai de { $minutes } minute.
       *[other] Choisissez un nouveau mot de passe dans un délai de { $minutes } minutes.
    }
reset-link-title = Choisir un nouveau mot de passe
reset-link-intro = Quelqu’un a demandé à réinitialiser le mot de passe de votre compte { $application }. Si c’était vous, choisissez-en un nouveau ici :
reset-link-intro-text = Quelqu’un a demandé à réinitialiser le mot de passe de votre compte { $application }. Si c’était vous, ouvrez ce lien et choisissez-en un nouveau :
reset-link-lasts =
    { $minutes ->
        [one] Le lien ne sert qu’une fois ; il est valable { $minutes } minute, jusqu’au { $until }.
       *[other] Le lien ne sert qu’une fois ; il est valable { $minutes } minutes, jusqu’au { $until }.
    }
reset-link-fallback = Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :
reset-link-not-you = Alors vous n’avez rien à faire : votre mot de passe reste inchangé. Ne transmettez pas ce lien ; toute personne qui le détient peut définir votre mot de passe.

## A code to reset the password, or to confirm an address

reset-code-subject = Votre code pour réinitialiser le mot de passe { $application }
reset-code-title = Votre code
reset-code-intro = Quelqu’un a demandé à réinitialiser le mot de passe de votre compte { $application }. Si c’était vous, saisissez ce code là où vous l’avez demandé :
reset-code-not-you = Alors vous n’avez rien à faire : votre mot de passe reste inchangé. Ne communiquez ce code à personne, pas même à quelqu’un qui prétend venir de { $application }.
code-preheader =
    { $minutes ->
        [one] Le code est valable { $minutes } minute.
       *[other] Le code est valable { $minutes } minutes.
    }
code-lasts =
    { $minutes ->
        [one] Le code ne sert qu’une fois ; il est valable { $minutes } minute, jusqu’au { $until }.
       *[other] Le code ne sert qu’une fois ; il est valable { $minutes } minutes, jusqu’au { $until }.
    }
verification-subject = Confirmez votre adresse e-mail pour { $application }
verification-title = Confirmez votre adresse
verification-intro = Pour confirmer que cette adresse est bien la vôtre, saisissez ce code sur { $application } :
verification-not-you = Alors quelqu’un a saisi votre adresse, peut-être par erreur. Sans le code, il ne se passe rien ; ne le transmettez donc pas.

## Somebody made a link that is handed over

link-created-subject = Un lien de réinitialisation a été créé pour votre compte { $application }
link-created-preheader = Si vous n’avez pas demandé d’aide pour votre mot de passe, lisez ceci.
link-created-title = Un lien a été créé pour vous
link-created-intro = Le { $at }, une personne chargée de { $application } a créé un lien qui vous permet de choisir un nouveau mot de passe. Il vous est remis par un autre moyen, pas dans cet e-mail, et reste valable jusqu’au { $until }.
link-created-calm = Si vous avez demandé de l’aide, vous n’avez rien à faire. Votre mot de passe reste inchangé tant que le lien n’est pas utilisé ; vous recevrez alors un autre message.
link-created-not-you = Contactez immédiatement { $contact }, car toute personne qui détient le lien peut définir votre mot de passe.

## The password was changed

updated-subject = Votre mot de passe { $application } a été modifié
updated-preheader = Si c’était vous, vous n’avez rien à faire.
updated-title = Votre mot de passe a été modifié
updated-intro = Le mot de passe de votre compte { $application } a été modifié le { $at }.
updated-from = La modification provient du réseau { $network } ({ $browser }).
updated-from-network = La modification provient du réseau { $network }.
updated-calm = Si c’était vous, vous n’avez rien à faire. Vous devrez peut-être vous reconnecter sur vos autres appareils.
updated-not-you = Réinitialisez votre mot de passe dès maintenant et contactez { $contact }. La personne qui l’a modifié peut peut-être aussi lire vos e-mails : vérifiez également ce compte.

## Too many wrong codes

exhausted-subject = Trop de codes erronés pour votre compte { $application }
exhausted-preheader = Votre mot de passe reste inchangé.
exhausted-title = Trop de codes erronés
exhausted-intro = Le { $at }, un code erroné a été saisi trop de fois lors de la réinitialisation du mot de passe de votre compte { $application }. Ce code n’est plus valable. Si c’était vous, demandez-en un nouveau.
exhausted-throttled = Le { $at }, quelqu’un a demandé un code pour réinitialiser le mot de passe de votre compte { $application }. Trop de codes erronés ont été saisis auparavant ; aucun nouveau code n’est donc envoyé pour le moment. Réessayez plus tard.
exhausted-calm = Votre mot de passe reste inchangé et vous pouvez vous connecter comme avant.
exhausted-not-you = Alors quelqu’un essaie peut-être de deviner, sans succès jusqu’ici. Ne communiquez jamais un code à qui que ce soit ; si cela continue, contactez { $contact }.

## There is no account

no-account-subject = Aucun compte { $application } pour cette adresse
no-account-preheader = Vous avez demandé à réinitialiser un mot de passe, mais il n’y a pas de compte ici.
no-account-title = Aucun compte avec cette adresse
no-account-intro = Quelqu’un a demandé à réinitialiser un mot de passe sur { $application } en indiquant cette adresse e-mail. Il n’existe aucun compte avec cette adresse.
no-account-hint = Si c’était vous, vous vous êtes peut-être inscrit avec une autre adresse. Essayez avec celle-ci.
no-account-not-you = Alors vous n’avez rien à faire. Quelqu’un s’est peut-être trompé en saisissant sa propre adresse.

## A test

test-subject = Un message de test de { $application }
test-preheader = Les e-mails de cette installation arrivent.
test-title = Cela fonctionne
test-intro = Ceci est un test. Un responsable de { $application } l’a envoyé le { $at } pour vérifier que les e-mails arrivent. C’est le cas.
test-calm = Vous n’avez rien à faire.
