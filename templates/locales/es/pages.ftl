page-of = { $title } – { $application }
page-with-error = Error: { $title }
language = Idioma
error-mark = Error:
support = ¿Necesita ayuda? Escriba a { $address }.
send-new = Enviarme uno nuevo
try-another-address = Probar con otra dirección

forgot-title = ¿Ha olvidado su contraseña?
forgot-lead-link = Introduzca la dirección de correo de su cuenta. Le enviaremos un enlace para elegir una contraseña nueva.
forgot-lead-code = Introduzca la dirección de correo de su cuenta. Le enviaremos un código para elegir una contraseña nueva.
forgot-send-link = Enviarme un enlace
forgot-send-code = Enviarme un código
email-label = Correo electrónico
email-empty = Introduzca su dirección de correo.
email-too-long = Es más larga de lo que puede ser una dirección de correo.
email-malformed = Introduzca una sola dirección de correo, por ejemplo nombre@example.com.
summary-title = Revise lo siguiente

sent-title = Mire su correo
sent-text = Si existe una cuenta con la dirección introducida, le hemos enviado un enlace para elegir una contraseña nueva. Puede tardar unos minutos; mire también en el correo no deseado.

code-title = Introduzca su código
code-lead = Si existe una cuenta con la dirección introducida, va en camino un correo con un código de ocho dígitos.
code-label = Código del correo
code-hint = Ocho dígitos. Los espacios no importan.
code-continue = Continuar
code-missing = Introduzca los ocho dígitos del correo.
code-wrong = Este código no funciona. Revise los dígitos o pida un código nuevo.
code-nothing = ¿No ha llegado nada? Puede tardar unos minutos; mire también en el correo no deseado.
code-resend = Enviar el código otra vez
code-resend-wait = posible en { $wait }
code-resend-now = Ya puede pedir el código otra vez.
code-resent = Si existe una cuenta, el código se ha enviado otra vez. Es el mismo.
code-too-early = El código se ha enviado hace un momento. Podrá pedirlo otra vez en { $wait }.

password-title = Elija una contraseña nueva
password-account = para la cuenta
password-rules = Su contraseña nueva necesita:
password-tip = Valen los espacios y cualquier letra. Tres o cuatro palabras sin relación son fáciles de recordar y difíciles de adivinar.
password-new = Contraseña nueva
password-repeat = Contraseña nueva otra vez
password-show = Mostrar
password-hide = Ocultar
password-show-label = Mostrar las contraseñas
password-submit = Cambiar mi contraseña
password-signed-out = Se cerrará la sesión en todos los dispositivos.
passwords-differ = Las dos contraseñas no son iguales. Introduzca la nueva dos veces.
passwords-match = Las dos contraseñas coinciden.
rule-length =
    { $count ->
        [one] Al menos { $count } carácter
       *[other] Al menos { $count } caracteres
    }
rule-lowercase = Una letra minúscula
rule-uppercase = Una letra mayúscula
rule-digit = Un dígito
rule-special = Un espacio, signo de puntuación u otro carácter especial
rule-common = No ser una contraseña común ni su nombre o su correo
rule-breached = No ser conocida por una filtración de datos
rule-strength = Ser difícil de adivinar: unas palabras sin relación van bien
rule-history =
    { $count ->
        [1] No ser la contraseña que tiene ahora
        [one] No ser su última { $count } contraseña
       *[other] No ser una de sus últimas { $count } contraseñas
    }
rule-met = cumplido
rules-left = Todavía falta: { $rules }
rules-met = Ya está todo.
strength = Seguridad: { $level }
strength-0 = muy baja
strength-1 = baja
strength-2 = media
strength-3 = buena
strength-4 = alta

violation-empty = Introduzca una contraseña nueva.
violation-too-short =
    { $count ->
        [one] Demasiado corta: use al menos { $count } carácter. Los espacios cuentan.
       *[other] Demasiado corta: use al menos { $count } caracteres. Los espacios cuentan.
    }
violation-too-long = Demasiado larga: use como máximo 256 caracteres.
violation-control = Contiene un carácter que no se puede escribir en todas partes, como un tabulador.
violation-lowercase = Añada una letra minúscula.
violation-uppercase = Añada una letra mayúscula.
violation-digit = Añada un dígito.
violation-special = Añada un espacio, signo de puntuación u otro carácter especial.
violation-common = Es una de las primeras contraseñas que probaría cualquiera. Elija otra.
violation-identity = Es su propio nombre o dirección. Elija algo que los demás no sepan.
violation-weak = Demasiado fácil de adivinar. Añada una o dos palabras; mejor si son poco comunes.
violation-weak-date = Demasiado fácil de adivinar: las fechas y los años se prueban pronto. Añada unas palabras sin relación.
violation-weak-name = Demasiado fácil de adivinar: los nombres se prueban pronto. Añada unas palabras sin relación.
violation-weak-keyboard = Demasiado fácil de adivinar: las filas de teclas se prueban pronto. Use unas palabras sin relación.
violation-weak-repeat = Demasiado fácil de adivinar: repetir caracteres aporta poco. Use unas palabras sin relación.
violation-weak-common = Demasiado fácil de adivinar: se parece a una contraseña común. Use unas palabras sin relación.
violation-breached = Esta contraseña se conoce por una filtración de datos en otro lugar. Elija otra.
violation-reused = Ya ha usado esta contraseña antes. Elija otra.
busy = Ahora mismo hay mucho movimiento. No se ha perdido nada: inténtelo de nuevo en un momento.

totp-label = Código de su aplicación de autenticación
totp-hint = Seis dígitos, nuevos cada 30 segundos. Su cuenta está protegida con una aplicación de autenticación.
totp-missing = Introduzca los seis dígitos que muestra su aplicación de autenticación.
totp-wrong = Este código no funciona. Introduzca el que su aplicación muestra ahora.
totp-used = Este código se ha usado hace un momento. Espere al siguiente e introdúzcalo.

done-title = Su contraseña se ha cambiado
done-text = Ya puede iniciar sesión con la nueva. Se ha cerrado la sesión en todos los demás sitios y le hemos enviado un correo al respecto.
done-back = Volver a { $application }

link-expired-title = Este enlace ha caducado
link-expired-text = Los enlaces solo valen poco tiempo, para proteger su cuenta. Su contraseña no ha cambiado.
link-used-title = Este enlace ya se ha usado
link-used-text = Con él se estableció una contraseña, y un enlace vale una sola vez. Si no fue usted, pida ahora un enlace nuevo.
link-superseded-title = Hay un enlace más reciente
link-superseded-text = Pidió más de uno, y este enlace fue sustituido por otro más reciente. Busque el último correo.
link-cancelled-title = Este enlace se ha anulado
link-cancelled-text = Algo cambió en la cuenta después de crearse el enlace. Su contraseña no ha cambiado.
link-unknown-title = No se reconoce este enlace
link-unknown-text = Puede estar dañado: algunos programas de correo parten los enlaces largos. Copie el enlace entero en la barra de direcciones o pida uno nuevo.
code-expired-title = Este código ha caducado
code-expired-text = Los códigos solo valen unos minutos, para proteger su cuenta. Pida uno nuevo.
code-dead-title = Este código no funciona
code-dead-text = Puede que ya se haya usado o que lo haya sustituido otro más reciente.
no-flow-title = Abra su enlace otra vez
no-flow-text = Esta página se abre desde el enlace de su correo y permanece abierta diez minutos. Haga clic en el enlace una vez más. Si vuelve aquí, permita las cookies de este sitio.
stale-title = Inténtelo de nuevo
stale-text = El formulario estuvo abierto demasiado tiempo, o entretanto se abrió otro enlace. No se ha cambiado nada.
stale-action = Abrir el formulario otra vez
no-passwords-title = Aquí no se usan contraseñas
no-passwords-text = Inicie sesión como de costumbre o pida ayuda allí.
ask-application = ¿Dónde quiere iniciar sesión?
ask-application-hint = El nombre del sitio o de la aplicación, tal como aparece en sus correos.

problem-not-found-title = Página no encontrada
problem-not-found-text = No hay nada en esta dirección. Revise el enlace o empiece de nuevo.
problem-method-title = Aquí no es posible
problem-method-text = Esta página no se puede usar de esa manera.
problem-throttled-title = Demasiados intentos
problem-throttled-text = Espere un poco antes de intentarlo de nuevo.
problem-busy-title = Inténtelo de nuevo
problem-busy-text = Ahora mismo hay mucho movimiento. No se ha perdido nada; inténtelo de nuevo en un momento.
problem-fault-title = Algo ha fallado
problem-fault-text = El fallo es nuestro. Inténtelo de nuevo en un momento.
problem-forbidden-title = No permitido
problem-forbidden-text = No puede ver esta página.
problem-invalid-title = No ha funcionado
problem-invalid-text = No se ha podido entender la petición. Vuelva atrás e inténtelo de nuevo.
problem-reference = Referencia: { $ticket }
