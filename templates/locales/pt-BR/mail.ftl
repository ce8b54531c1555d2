## In every mail

mail-hello = Olá, { $name },
mail-hello-nobody = Olá,
mail-not-you = Não foi você?
mail-request-from = O pedido veio da rede { $network } ({ $browser }).
mail-request-from-network = O pedido veio da rede { $network }.
mail-automatic = Esta mensagem foi enviada automaticamente.
mail-questions = Dúvidas? Escreva para
mail-operators = os responsáveis por { $application }

## A link to reset the password

reset-link-subject = Redefina sua senha de { $application }
reset-link-preheader =
    { $minutes ->
        [one] Escolha uma nova senha em até { $minutes } minuto.
       *[other] Escolha uma nova senha em até { $minutes } minutos.
    }
reset-link-title = Escolher uma nova senha
reset-link-intro = Alguém pediu para redefinir a senha da sua conta de { $application }. Se foi você, escolha uma nova aqui:
reset-link-intro-text = Alguém pediu para redefinir a senha da sua conta de { $application }. Se foi você, abra este link e escolha uma nova:
reset-link-lasts =
    { $minutes ->
        [one] O link funciona uma única vez, por { $minutes } minuto, até { $until }.
       *[other] O link funciona uma única vez, por { $minutes } minutos, até { $until }.
    }
reset-link-fallback = Se o botão não funcionar, copie este endereço para o seu navegador:
reset-link-not-you = Então não há nada a fazer: sua senha continua a mesma. Não repasse este link; quem o tiver pode definir a sua senha.

## A code to reset the password, or to confirm an address

reset-code-subject = Seu código para redefinir a senha de { $application }
reset-code-title = Seu código
reset-code-intro = Alguém pediu para redefinir a senha da sua conta de { $application }. Se foi você, digite este código onde você o pediu:
reset-code-not-you = Então não há nada a fazer: sua senha continua a mesma. Nunca informe este código a ninguém, nem mesmo a quem diga ser de { $application }.
code-preheader =
    { $minutes ->
        [one] O código vale por { $minutes } minuto.
       *[other] O código vale por { $minutes } minutos.
    }
code-lasts =
    { $minutes ->
        [one] O código funciona uma única vez, por { $minutes } minuto, até { $until }.
       *[other] O código funciona uma única vez, por { $minutes } minutos, até { $until }.
    }
verification-subject = Confirme seu e-mail para { $application }
verification-title = Confirme seu endereço
verification-intro = Para confirmar que este endereço é seu, digite este código em { $application }:
verification-not-you = Então alguém digitou o seu endereço, talvez por engano. Sem o código nada acontece; por isso, não o repasse.

## Somebody made a link that is handed over

link-created-subject = Um link para redefinir sua senha de { $application } foi criado
link-created-preheader = Se você não pediu ajuda com a sua senha, leia isto.
link-created-title = Um link foi criado para você
link-created-intro = Em { $at }, alguém que cuida de { $application } criou um link com o qual você pode escolher uma nova senha. Ele chega até você por outro meio, não por este e-mail, e vale até { $until }.
link-created-calm = Se você pediu ajuda, não há nada a fazer. Sua senha continua a mesma até o link ser usado; nesse momento você recebe outra mensagem.
link-created-not-you = Entre em contato imediatamente com { $contact }, pois quem tiver o link pode definir a sua senha.

## The password was changed

updated-subject = Sua senha de { $application } foi alterada
updated-preheader = Se foi você, não há nada a fazer.
updated-title = Sua senha foi alterada
updated-intro = A senha da sua conta de { $application } foi alterada em { $at }.
updated-from = A alteração veio da rede { $network } ({ $browser }).
updated-from-network = A alteração veio da rede { $network }.
updated-calm = Se foi você, não há nada a fazer. Talvez seja preciso entrar de novo nos seus outros dispositivos.
updated-not-you = Redefina sua senha agora e entre em contato com { $contact }. Quem a alterou talvez também consiga ler seus e-mails; por isso, verifique também essa conta.

## Too many wrong codes

exhausted-subject = Muitos códigos errados para a sua conta de { $application }
exhausted-preheader = Sua senha continua a mesma.
exhausted-title = Muitos códigos errados
exhausted-intro = Em { $at }, um código errado foi digitado vezes demais ao redefinir a senha da sua conta de { $application }. Esse código não vale mais. Se foi você, peça um novo.
exhausted-throttled = Em { $at }, alguém pediu um código para redefinir a senha da sua conta de { $application }. Antes disso, códigos errados demais foram digitados; por isso, nenhum novo será enviado por enquanto. Tente novamente mais tarde.
exhausted-calm = Sua senha continua a mesma, e você pode entrar como sempre.
exhausted-not-you = Então talvez alguém esteja tentando adivinhar, até agora sem sucesso. Nunca informe um código a ninguém; se continuar, entre em contato com { $contact }.

## There is no account

no-account-subject = Não há conta de { $application } com este endereço
no-account-preheader = Você pediu para redefinir uma senha, mas não há conta aqui.
no-account-title = Nenhuma conta com este endereço
no-account-intro = Alguém pediu para redefinir uma senha em { $application } e informou este endereço de e-mail. Não há nenhuma conta com este endereço.
no-account-hint = Se foi você, talvez tenha se cadastrado com outro endereço. Tente com ele.
no-account-not-you = Então não há nada a fazer. Talvez alguém tenha digitado errado o próprio endereço.

## A test

test-subject = Uma mensagem de teste de { $application }
test-preheader = Os e-mails desta instalação chegam.
test-title = Funciona
test-intro = Este é um teste. Um responsável por { $application } o enviou em { $at } para ver se os e-mails chegam. Chegaram.
test-calm = Não há nada a fazer.
