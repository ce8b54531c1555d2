## In every mail

mail-hello = { $name } 様
mail-hello-nobody = こんにちは。
mail-not-you = お心当たりがない場合:
mail-request-from = このリクエストはネットワーク { $network }（{ $browser }）から送信されました。
mail-request-from-network = このリクエストはネットワーク { $network } から送信されました。
mail-automatic = このメッセージは自動的に送信されています。
mail-questions = お問い合わせ先:
mail-operators = { $application } の運営者

## A link to reset the password

reset-link-subject = { $application } のパスワードの再設定
reset-link-preheader = { $minutes }分以内に新しいパスワードを設定してください。
reset-link-title = 新しいパスワードを設定する
reset-link-intro = { $application } のアカウントのパスワードを再設定するリクエストを受け付けました。ご本人の場合は、こちらから新しいパスワードを設定してください。
reset-link-intro-text = { $application } のアカウントのパスワードを再設定するリクエストを受け付けました。ご本人の場合は、次のリンクを開いて新しいパスワードを設定してください。
reset-link-lasts = このリンクは一度だけ使用でき、{ $until }まで（{ $minutes }分間）有効です。
reset-link-fallback = ボタンが機能しない場合は、このアドレスをブラウザーにコピーしてください。
reset-link-not-you = 何もする必要はありません。パスワードは変更されません。このリンクを他の人に渡さないでください。リンクを持つ人は誰でもパスワードを設定できます。

## A code to reset the password, or to confirm an address

reset-code-subject = { $application } のパスワード再設定用コード
reset-code-title = 確認コード
reset-code-intro = { $application } のアカウントのパスワードを再設定するリクエストを受け付けました。ご本人の場合は、リクエストした画面でこのコードを入力してください。
reset-code-not-you = 何もする必要はありません。パスワードは変更されません。{ $application } の関係者を名乗る人を含め、このコードを誰にも教えないでください。
code-preheader = コードの有効期間は{ $minutes }分です。
code-lasts = このコードは一度だけ使用でき、{ $until }まで（{ $minutes }分間）有効です。
verification-subject = { $application } のメールアドレスの確認
verification-title = メールアドレスの確認
verification-intro = このアドレスがご本人のものであることを確認するため、{ $application } で次のコードを入力してください。
verification-not-you = 誰かがあなたのアドレスを（おそらく誤って）入力したようです。コードがなければ何も起こりませんので、他の人に渡さないでください。

## Somebody made a link that is handed over

link-created-subject = { $application } のアカウント用にパスワード再設定リンクが作成されました
link-created-preheader = パスワードについてサポートを依頼していない場合は、必ずお読みください。
link-created-title = 再設定リンクが作成されました
link-created-intro = { $at } に、{ $application } の担当者が、新しいパスワードを設定するためのリンクを作成しました。リンクはこのメールではなく別の方法でお渡しし、{ $until } まで有効です。
link-created-calm = サポートを依頼された場合は、何もする必要はありません。リンクが使用されるまでパスワードは変わらず、使用されたときに改めてお知らせします。
link-created-not-you = すぐに { $contact } までご連絡ください。リンクを持つ人は誰でもパスワードを設定できます。

## The password was changed

updated-subject = { $application } のパスワードが変更されました
updated-preheader = ご本人による変更であれば、何もする必要はありません。
updated-title = パスワードが変更されました
updated-intro = { $application } のアカウントのパスワードが { $at } に変更されました。
updated-from = この変更はネットワーク { $network }（{ $browser }）から行われました。
updated-from-network = この変更はネットワーク { $network } から行われました。
updated-calm = ご本人による変更であれば、何もする必要はありません。他の端末では、もう一度サインインが必要になることがあります。
updated-not-you = すぐにパスワードを再設定し、{ $contact } までご連絡ください。変更した人物がメールも読める可能性がありますので、メールアカウントもご確認ください。

## Too many wrong codes

exhausted-subject = { $application } のアカウントで誤ったコードが何度も入力されました
exhausted-preheader = パスワードは変更されていません。
exhausted-title = 誤ったコードが何度も入力されました
exhausted-intro = { $at } に、{ $application } のアカウントのパスワードを再設定する際、誤ったコードが上限の回数まで入力されました。そのコードはもう使用できません。ご本人の場合は、新しいコードをリクエストしてください。
exhausted-throttled = { $at } に、{ $application } のアカウントのパスワードを再設定するコードがリクエストされました。以前に誤ったコードが何度も入力されたため、現在は新しいコードを送信していません。しばらくしてからもう一度お試しください。
exhausted-calm = パスワードは変更されておらず、これまでどおりサインインできます。
exhausted-not-you = 誰かがコードを推測しようとしている可能性がありますが、今のところ成功していません。コードは誰にも教えないでください。続くようであれば、{ $contact } までご連絡ください。

## There is no account

no-account-subject = このアドレスの { $application } アカウントはありません
no-account-preheader = パスワードの再設定がリクエストされましたが、該当するアカウントはありません。
no-account-title = このアドレスのアカウントはありません
no-account-intro = { $application } でパスワードの再設定がリクエストされ、このメールアドレスが入力されました。このアドレスのアカウントはありません。
no-account-hint = ご本人の場合は、別のアドレスで登録されている可能性があります。そのアドレスでお試しください。
no-account-not-you = 何もする必要はありません。誰かが自分のアドレスを打ち間違えたのかもしれません。

## A test

test-subject = { $application } からのテストメッセージ
test-preheader = このシステムからのメールは届いています。
test-title = 正常に届きました
test-intro = これはテストです。メールが届くことを確認するため、{ $application } の運営者が { $at } に送信しました。無事に届きました。
test-calm = 何もする必要はありません。
