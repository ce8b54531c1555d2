## In every mail

mail-hello = مرحبًا { $name }،
mail-hello-nobody = مرحبًا،
mail-not-you = لست أنت؟
mail-request-from = جاء الطلب من الشبكة { $network } ({ $browser }).
mail-request-from-network = جاء الطلب من الشبكة { $network }.
mail-automatic = أُرسلت هذه الرسالة تلقائيًا.
mail-questions = هل لديك أسئلة؟ راسل
mail-operators = القائمين على { $application }

## A link to reset the password

reset-link-subject = إعادة تعيين كلمة مرورك في { $application }
reset-link-preheader =
    { $minutes ->
        [zero] اختر كلمة مرور جديدة خلال { $minutes } دقيقة.
        [one] اختر كلمة مرور جديدة خلال دقيقة واحدة.
        [two] اختر كلمة مرور جديدة خلال دقيقتين.
        [few] اختر كلمة مرور جديدة خلال { $minutes } دقائق.
        [many] اختر كلمة مرور جديدة خلال { $minutes } دقيقة.
       *[other] اختر كلمة مرور جديدة خلال { $minutes } دقيقة.
    }
reset-link-title = اختيار كلمة مرور جديدة
reset-link-intro = طلب أحدهم إعادة تعيين كلمة مرور حسابك في { $application }. إذا كنت أنت، فاختر كلمة مرور جديدة من هنا:
reset-link-intro-text = طلب أحدهم إعادة تعيين كلمة مرور حسابك في { $application }. إذا كنت أنت، فافتح هذا الرابط واختر كلمة مرور جديدة:
reset-link-lasts =
    { $minutes ->
        [zero] يعمل الرابط مرة واحدة فقط، لمدة { $minutes } دقيقة، حتى { $until }.
        [one] يعمل الرابط مرة واحدة فقط، لمدة دقيقة واحدة، حتى { $until }.
        [two] يعمل الرابط مرة واحدة فقط، لمدة دقيقتين، حتى { $until }.
        [few] يعمل الرابط مرة واحدة فقط، لمدة { $minutes } دقائق، حتى { $until }.
        [many] يعمل الرابط مرة واحدة فقط، لمدة { $minutes } دقيقة، حتى { $until }.
       *[other] يعمل الرابط مرة واحدة فقط، لمدة { $minutes } دقيقة، حتى { $until }.
    }
reset-link-fallback = إذا لم يعمل الزر، فانسخ هذا العنوان إلى متصفحك:
reset-link-not-you = إذن لا يلزمك فعل شيء: تبقى كلمة مرورك كما هي. لا تشارك هذا الرابط مع أحد؛ فمن يملكه يستطيع تعيين كلمة مرورك.

## A code to reset the password, or to confirm an address

reset-code-subject = رمزك لإعادة تعيين كلمة المرور في { $application }
reset-code-title = رمزك
reset-code-intro = طلب أحدهم إعادة تعيين كلمة مرور حسابك في { $application }. إذا كنت أنت، فأدخل هذا الرمز حيث طلبته:
reset-code-not-you = إذن لا يلزمك فعل شيء: تبقى كلمة مرورك كما هي. لا تخبر أحدًا بهذا الرمز، ولا حتى من يقول إنه من { $application }.
code-preheader =
    { $minutes ->
        [zero] الرمز صالح لمدة { $minutes } دقيقة.
        [one] الرمز صالح لمدة دقيقة واحدة.
        [two] الرمز صالح لمدة دقيقتين.
        [few] الرمز صالح لمدة { $minutes } دقائق.
        [many] الرمز صالح لمدة { $minutes } دقيقة.
       *[other] الرمز صالح لمدة { $minutes } دقيقة.
    }
code-lasts =
    { $minutes ->
        [zero] يعمل الرمز مرة واحدة فقط، لمدة { $minutes } دقيقة، حتى { $until }.
        [one] يعمل الرمز مرة واحدة فقط، لمدة دقيقة واحدة، حتى { $until }.
        [two] يعمل الرمز مرة واحدة فقط، لمدة دقيقتين، حتى { $until }.
        [few] يعمل الرمز مرة واحدة فقط، لمدة { $minutes } دقائق، حتى { $until }.
        [many] يعمل الرمز مرة واحدة فقط، لمدة { $minutes } دقيقة، حتى { $until }.
       *[other] يعمل الرمز مرة واحدة فقط، لمدة { $minutes } دقيقة، حتى { $until }.
    }
verification-subject = أكّد عنوان بريدك الإلكتروني لدى { $application }
verification-title = تأكيد عنوانك
verification-intro = لتأكيد أن هذا العنوان لك، أدخل هذا الرمز في { $application }:
verification-not-you = إذن أدخل أحدهم عنوانك، ربما عن طريق الخطأ. لا يحدث شيء من دون الرمز، فلا تشاركه مع أحد.

## Somebody made a link that is handed over

link-created-subject = أُنشئ رابط لإعادة تعيين كلمة مرور حسابك في { $application }
link-created-preheader = إذا لم تطلب المساعدة بشأن كلمة مرورك، فيرجى قراءة هذه الرسالة.
link-created-title = أُنشئ رابط من أجلك
link-created-intro = في { $at }، أنشأ أحد المسؤولين عن { $application } رابطًا يتيح لك اختيار كلمة مرور جديدة. سيصلك بطريقة أخرى، لا عبر هذه الرسالة، وهو صالح حتى { $until }.
link-created-calm = إذا كنت قد طلبت المساعدة، فلا يلزمك فعل شيء. تبقى كلمة مرورك كما هي إلى أن يُستخدم الرابط، وعندها تصلك رسالة أخرى.
link-created-not-you = تواصل فورًا مع { $contact }، لأن من يملك الرابط يستطيع تعيين كلمة مرورك.

## The password was changed

updated-subject = تم تغيير كلمة مرورك في { $application }
updated-preheader = إذا كنت أنت من غيّرها، فلا يلزمك فعل شيء.
updated-title = تم تغيير كلمة مرورك
updated-intro = تم تغيير كلمة مرور حسابك في { $application } في { $at }.
updated-from = جاء التغيير من الشبكة { $network } ({ $browser }).
updated-from-network = جاء التغيير من الشبكة { $network }.
updated-calm = إذا كنت أنت من غيّرها، فلا يلزمك فعل شيء. قد تحتاج إلى تسجيل الدخول من جديد على أجهزتك الأخرى.
updated-not-you = أعد تعيين كلمة مرورك الآن، وتواصل مع { $contact }. قد يكون من غيّرها قادرًا أيضًا على قراءة بريدك، فتحقق من ذلك الحساب كذلك.

## Too many wrong codes

exhausted-subject = رموز خاطئة كثيرة لحسابك في { $application }
exhausted-preheader = تبقى كلمة مرورك كما هي.
exhausted-title = رموز خاطئة كثيرة
exhausted-intro = في { $at }، أُدخل رمز خاطئ مرات كثيرة أثناء إعادة تعيين كلمة مرور حسابك في { $application }. لم يعد ذلك الرمز صالحًا. إذا كنت أنت، فاطلب رمزًا جديدًا.
exhausted-throttled = في { $at }، طلب أحدهم رمزًا لإعادة تعيين كلمة مرور حسابك في { $application }. أُدخلت قبل ذلك رموز خاطئة كثيرة، لذلك لن يُرسل رمز جديد في الوقت الحالي. يرجى المحاولة لاحقًا.
exhausted-calm = تبقى كلمة مرورك كما هي، ويمكنك تسجيل الدخول كالمعتاد.
exhausted-not-you = إذن ربما يحاول أحدهم التخمين، من دون نجاح حتى الآن. لا تخبر أحدًا بأي رمز؛ وإذا استمر ذلك، فتواصل مع { $contact }.

## There is no account

no-account-subject = لا يوجد حساب في { $application } بهذا العنوان
no-account-preheader = طلبت إعادة تعيين كلمة مرور، لكن لا يوجد حساب هنا.
no-account-title = لا يوجد حساب بهذا العنوان
no-account-intro = طلب أحدهم إعادة تعيين كلمة مرور في { $application } وذكر عنوان البريد هذا. لا يوجد حساب بهذا العنوان.
no-account-hint = إذا كنت أنت، فربما سجّلت بعنوان آخر. جرّب ذلك العنوان.
no-account-not-you = إذن لا يلزمك فعل شيء. ربما أخطأ أحدهم في كتابة عنوانه.

## A test

test-subject = رسالة اختبار من { $application }
test-preheader = الرسائل من هذا النظام تصل.
test-title = كل شيء يعمل
test-intro = هذا اختبار. أرسله أحد القائمين على { $application } في { $at } للتحقق من وصول البريد. وقد وصل.
test-calm = لا يلزمك فعل شيء.
