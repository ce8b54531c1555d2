page-of = { $title } – { $application }
page-with-error = Erro: { $title }
language = Idioma
error-mark = Erro:
support = Precisa de ajuda? Escreva para { $address }.
send-new = Enviar um novo
try-another-address = Tentar outro endereço

forgot-title = Esqueceu a senha?
forgot-lead-link = Digite o e-mail da sua conta. Enviaremos um link para você escolher uma nova senha.
forgot-lead-code = Digite o e-mail da sua conta. Enviaremos um código para você escolher uma nova senha.
forgot-send-link = Enviar link
forgot-send-code = Enviar código
email-label = E-mail
email-empty = Digite seu e-mail.
email-too-long = Isto é mais longo do que um e-mail pode ser.
email-malformed = Digite um único e-mail, por exemplo nome@example.com.
summary-title = Verifique o seguinte

sent-title = Confira seu e-mail
sent-text = Se existir uma conta com o endereço informado, enviamos um link para escolher uma nova senha. Pode levar alguns minutos; confira também a caixa de spam.

code-title = Digite seu código
code-lead = Se existir uma conta com o endereço informado, um e-mail com um código de oito dígitos está a caminho.
code-label = Código do e-mail
code-hint = Oito dígitos. Espaços não importam.
code-continue = Continuar
code-missing = Digite os oito dígitos do e-mail.
code-wrong = Este código não funciona. Confira os dígitos ou peça um novo código.
code-nothing = Não chegou nada? Pode levar alguns minutos; confira também a caixa de spam.
code-resend = Enviar o código de novo
code-resend-wait = possível em { $wait }
code-resend-now = Você já pode pedir o código de novo.
code-resent = Se existir uma conta, o código foi enviado de novo. É o mesmo.
code-too-early = O código foi enviado há pouco. Você poderá pedir de novo em { $wait }.

password-title = Escolha uma nova senha
password-account = para a conta
password-rules = Sua nova senha precisa de:
password-tip = Espaços e quaisquer letras são bem-vindos. Três ou quatro palavras sem relação são fáceis de lembrar e difíceis de adivinhar.
password-new = Nova senha
password-repeat = Nova senha outra vez
password-show = Mostrar
password-hide = Ocultar
password-show-label = Mostrar as senhas
password-submit = Alterar minha senha
password-signed-out = Você sairá da conta em todos os dispositivos.
passwords-differ = As duas senhas não são iguais. Digite a nova duas vezes.
passwords-match = As duas senhas são iguais.
rule-length =
    { $count ->
        [one] Pelo menos { $count } caractere
       *[other] Pelo menos { $count } caracteres
    }
rule-lowercase = Uma letra minúscula
rule-uppercase = Uma letra maiúscula
rule-digit = Um dígito
rule-special = Um espaço, sinal de pontuação ou outro caractere especial
rule-common = Não ser uma senha comum, nem seu nome ou e-mail
rule-breached = Não ser conhecida por um vazamento de dados
rule-strength = Ser difícil de adivinhar: algumas palavras sem relação funcionam bem
rule-history =
    { $count ->
        [1] Não ser a senha que você tem agora
        [one] Não ser sua última { $count } senha
       *[other] Não ser uma das suas últimas { $count } senhas
    }
rule-met = cumprido
rules-left = Ainda falta: { $rules }
rules-met = Está tudo certo.
strength = Força: { $level }
strength-0 = muito fraca
strength-1 = fraca
strength-2 = média
strength-3 = boa
strength-4 = forte

violation-empty = Digite uma nova senha.
violation-too-short =
    { $count ->
        [one] Curta demais: use pelo menos { $count } caractere. Espaços contam.
       *[other] Curta demais: use pelo menos { $count } caracteres. Espaços contam.
    }
violation-too-long = Longa demais: use no máximo 256 caracteres.
violation-control = Contém um caractere que não pode ser digitado em todo lugar, como uma tabulação.
violation-lowercase = Acrescente uma letra minúscula.
violation-uppercase = Acrescente uma letra maiúscula.
violation-digit = Acrescente um dígito.
violation-special = Acrescente um espaço, sinal de pontuação ou outro caractere especial.
violation-common = Esta é uma das primeiras senhas que qualquer pessoa tentaria. Escolha outra.
violation-identity = Este é seu próprio nome ou endereço. Escolha algo que os outros não saibam.
violation-weak = Fácil demais de adivinhar. Acrescente uma ou duas palavras; as incomuns são melhores.
violation-weak-date = Fácil demais de adivinhar: datas e anos são tentados cedo. Acrescente algumas palavras sem relação.
violation-weak-name = Fácil demais de adivinhar: nomes são tentados cedo. Acrescente algumas palavras sem relação.
violation-weak-keyboard = Fácil demais de adivinhar: sequências de teclas são tentadas cedo. Use algumas palavras sem relação.
violation-weak-repeat = Fácil demais de adivinhar: repetir caracteres acrescenta pouco. Use algumas palavras sem relação.
violation-weak-common = Fácil demais de adivinhar: parece uma senha comum. Use algumas palavras sem relação.
violation-breached = Esta senha é conhecida por um vazamento de dados em outro lugar. Escolha outra.
violation-reused = Você já usou esta senha antes. Escolha outra.
busy = Estamos ocupados agora. Nada se perdeu: tente de novo em instantes.

totp-label = Código do seu aplicativo autenticador
totp-hint = Seis dígitos, novos a cada 30 segundos. Sua conta é protegida por um autenticador.
totp-missing = Digite os seis dígitos que seu aplicativo autenticador mostra.
totp-wrong = Este código não funciona. Digite o que seu aplicativo autenticador mostra agora.
totp-used = Este código foi usado há pouco. Espere o próximo e digite-o.

done-title = Sua senha foi alterada
done-text = Agora você pode entrar com a nova. Sua conta saiu de todos os outros lugares, e enviamos um e-mail sobre isso.
done-back = Voltar para { $application }

link-expired-title = Este link expirou
link-expired-text = Os links valem por pouco tempo, para proteger sua conta. Sua senha não mudou.
link-used-title = Este link já foi usado
link-used-text = Uma senha foi definida com ele, e um link vale uma vez só. Se não foi você, peça um novo link agora.
link-superseded-title = Existe um link mais novo
link-superseded-text = Você pediu mais de um, e este link foi substituído por um mais novo. Procure o e-mail mais recente.
link-cancelled-title = Este link foi cancelado
link-cancelled-text = Algo mudou na conta depois que o link foi criado. Sua senha não mudou.
link-unknown-title = Este link não foi reconhecido
link-unknown-text = Ele pode estar danificado: alguns programas de e-mail quebram links longos. Copie o link inteiro para a barra de endereços ou peça um novo.
code-expired-title = Este código expirou
code-expired-text = Os códigos valem por poucos minutos, para proteger sua conta. Peça um novo.
code-dead-title = Este código não funciona
code-dead-text = Ele pode já ter sido usado ou substituído por um mais novo.
no-flow-title = Abra seu link de novo
no-flow-text = Esta página se abre pelo link do seu e-mail e fica aberta por dez minutos. Clique no link mais uma vez. Se voltar para cá, permita cookies para este site.
stale-title = Tente de novo
stale-text = O formulário ficou aberto por tempo demais, ou outro link foi aberto nesse meio-tempo. Nada foi alterado.
stale-action = Abrir o formulário de novo
no-passwords-title = Aqui não se usam senhas
no-passwords-text = Entre como de costume ou peça ajuda por lá.
ask-application = Onde você quer entrar?
ask-application-hint = O nome do site ou aplicativo, como aparece nos e-mails dele.

problem-not-found-title = Página não encontrada
problem-not-found-text = Não há nada neste endereço. Confira o link ou comece de novo.
problem-method-title = Não é possível aqui
problem-method-text = Esta página não pode ser usada dessa maneira.
problem-throttled-title = Tentativas demais
problem-throttled-text = Espere um pouco antes de tentar de novo.
problem-busy-title = Tente de novo
problem-busy-text = Estamos ocupados agora. Nada se perdeu; tente de novo em instantes.
problem-fault-title = Algo deu errado
problem-fault-text = A falha é nossa. Tente de novo em instantes.
problem-forbidden-title = Não permitido
problem-forbidden-text = Você não pode ver esta página.
problem-invalid-title = Não funcionou
problem-invalid-text = Não foi possível entender o pedido. Volte e tente de novo.
problem-reference = Referência: { $ticket }
