## In every mail

mail-hello = Hola, { $name }:
mail-hello-nobody = Hola:
mail-not-you = ¿No has sido tú?
mail-request-from = La solicitud llegó desde la red { $network } ({ $browser }).
mail-request-from-network = La solicitud llegó desde la red { $network }.
mail-automatic = Este mensaje se ha enviado automáticamente.
mail-questions = ¿Preguntas? Escribe a
mail-operators = los responsables de { $application }

## A link to reset the password

reset-link-subject = Restablece tu contraseña de { $application }
reset-link-preheader =
    { $minutes ->
        [one] Elige una contraseña nueva en { $minutes } minuto.
       *[other] Elige una contraseña nueva en { $minutes } minutos.
    }
reset-link-title = Elegir una contraseña nueva
reset-link-intro = Alguien ha pedido restablecer la contraseña de tu cuenta de { $application }. Si has sido tú, elige aquí una nueva:
reset-link-intro-text = Alguien ha pedido restablecer la contraseña de tu cuenta de { $application }. Si has sido tú, abre este enlace y elige una nueva:
reset-link-lasts =
    { $minutes ->
        [one] El enlace sirve una sola vez, durante { $minutes } minuto, hasta el { $until }.
       *[other] El enlace sirve una sola vez, durante { $minutes } minutos, hasta el { $until }.
    }
reset-link-fallback = Si el botón no funciona, copia esta dirección en tu navegador:
reset-link-not-you = Entonces no tienes que hacer nada: tu contraseña sigue igual. No compartas este enlace; quien lo tenga puede cambiar tu contraseña.

## A code to reset the password, or to confirm an address

reset-code-subject = Tu código para restablecer la contraseña de { $application }
reset-code-title = Tu código
reset-code-intro = Alguien ha pedido restablecer la contraseña de tu cuenta de { $application }. Si has sido tú, introduce este código donde lo pediste:
reset-code-not-you = Entonces no tienes que hacer nada: tu contraseña sigue igual. No digas este código a nadie, ni siquiera a quien diga ser de { $application }.
code-preheader =
    { $minutes ->
        [one] El código es válido durante { $minutes } minuto.
       *[other] El código es válido durante { $minutes } minutos.
    }
code-lasts =
    { $minutes ->
        [one] El código sirve una sola vez, durante { $minutes } minuto, hasta el { $until }.
       *[other] El código sirve una sola vez, durante { $minutes } minutos, hasta el { $until }.
    }
verification-subject = Confirma tu correo electrónico para { $application }
verification-title = Confirma tu dirección
verification-intro = Para confirmar que esta dirección es tuya, introduce este código en { $application }:
verification-not-you = Entonces alguien ha escrito tu dirección, quizá por error. Sin el código no ocurre nada, así que no lo compartas.

## Somebody made a link that is handed over

link-created-subject = Se ha creado un enlace para restablecer tu contraseña de { $application }
link-created-preheader = Si no has pedido ayuda con tu contraseña, lee esto.
link-created-title = Se ha creado un enlace para ti
link-created-intro = El { $at }, alguien que se ocupa de { $application } creó un enlace con el que puedes elegir una contraseña nueva. Te llegará por otra vía, no en este correo, y es válido hasta el { $until }.
link-created-calm = Si pediste ayuda, no tienes que hacer nada. Tu contraseña sigue igual hasta que se use el enlace; entonces recibirás otro mensaje.
link-created-not-you = Ponte en contacto enseguida con { $contact }, porque quien tenga el enlace puede cambiar tu contraseña.

## The password was changed

updated-subject = Tu contraseña de { $application } ha cambiado
updated-preheader = Si has sido tú, no tienes que hacer nada.
updated-title = Tu contraseña ha cambiado
updated-intro = La contraseña de tu cuenta de { $application } se cambió el { $at }.
updated-from = El cambio se hizo desde la red { $network } ({ $browser }).
updated-from-network = El cambio se hizo desde la red { $network }.
updated-calm = Si has sido tú, no tienes que hacer nada. Puede que tengas que volver a iniciar sesión en tus otros dispositivos.
updated-not-you = Restablece ahora tu contraseña y ponte en contacto con { $contact }. Quien la cambió quizá también pueda leer tu correo, así que revisa también esa cuenta.

## Too many wrong codes

exhausted-subject = Demasiados códigos erróneos para tu cuenta de { $application }
exhausted-preheader = Tu contraseña sigue igual.
exhausted-title = Demasiados códigos erróneos
exhausted-intro = El { $at } se introdujo demasiadas veces un código erróneo al restablecer la contraseña de tu cuenta de { $application }. Ese código ya no es válido. Si has sido tú, pide uno nuevo.
exhausted-throttled = El { $at }, alguien pidió un código para restablecer la contraseña de tu cuenta de { $application }. Antes se introdujeron demasiados códigos erróneos, así que por ahora no se envía ninguno nuevo. Vuelve a intentarlo más tarde.
exhausted-calm = Tu contraseña sigue igual y puedes iniciar sesión como siempre.
exhausted-not-you = Entonces quizá alguien esté probando suerte, hasta ahora sin éxito. Nunca digas un código a nadie; si continúa, ponte en contacto con { $contact }.

## There is no account

no-account-subject = No hay ninguna cuenta de { $application } con esta dirección
no-account-preheader = Has pedido restablecer una contraseña, pero aquí no hay ninguna cuenta.
no-account-title = No hay ninguna cuenta con esta dirección
no-account-intro = Alguien ha pedido restablecer una contraseña en { $application } e indicó esta dirección de correo. No hay ninguna cuenta con esta dirección.
no-account-hint = Si has sido tú, quizá te registraste con otra dirección. Prueba con ella.
no-account-not-you = Entonces no tienes que hacer nada. Quizá alguien se equivocó al escribir su propia dirección.

## A test

test-subject = Un mensaje de prueba de { $application }
test-preheader = Los correos de esta instalación llegan.
test-title = Funciona
test-intro = Esto es una prueba. Un responsable de { $application } la envió el { $at } para ver si los correos llegan. Y han llegado.
test-calm = No tienes que hacer nada.
