"""What the citizens of the demonstration write, and what they are answered.

``{city}``, ``{ref}``, ``{few}`` (3 to 10) and ``{days}`` (11 and more, which Arabic counts otherwise) are filled
in, so that no two inquiries read the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """An inquiry: its subject, the citizen's words, an agent's answer, and a second letter if there is one."""

    subject: str
    text: str
    answer: str
    again: str = ""
    language: str = "ar"


ARABIC = (
    Letter(
        "تجديد جواز السفر",
        "السلام عليكم ورحمة الله،\n\nقدّمت طلب تجديد جواز سفري قبل {days} يومًا عبر مكتب {city} ورقم الطلب {ref}، "
        "ولم تصلني أي رسالة حتى الآن. لديّ سفر قريب وأحتاج إلى معرفة موعد استلام الجواز.\n\nمع الشكر",
        "وعليكم السلام ورحمة الله،\n\nراجعنا طلبكم ووجدناه في مرحلة الطباعة، وسيكون الجواز جاهزًا للاستلام من مكتب {city} "
        "خلال ثلاثة أيام عمل. ستصلكم رسالة عند جاهزيته.",
        "شكرًا لكم على الرد. هل يمكن أن يستلمه أخي بالنيابة عني؟",
    ),
    Letter(
        "فقدت جوازي",
        "فقدت جواز سفري أمس في مطار {city} وأنا مسافر بعد {few} أيام. ماذا أفعل؟ رقم الجواز القديم مكتوب في الطلب {ref}.",
        "نأسف لما حدث. نرجو تقديم بلاغ فقدان من التطبيق، ثم مراجعة أقرب مكتب ومعكم صورتان والهوية، وسنعطي طلبكم أولوية.",
        "قدّمت البلاغ اليوم. متى أراجع المكتب؟",
    ),
    Letter(
        "بلاغ عن جواز مسروق",
        "سُرقت حقيبتي في {city} وفيها جوازي وجوازات أولادي الثلاثة. عملت محضرًا في الشرطة. أحتاج إلى وثيقة سفر عاجلة.",
        "سجّلنا البلاغ وأوقفنا الجوازات المفقودة. يمكنكم استلام وثيقة سفر اضطرارية من مكتب {city} غدًا صباحًا.",
    ),
    Letter(
        "تصحيح الاسم باللغة الإنجليزية",
        "الاسم في جوازي مكتوب بالإنجليزية خطأ في حرف واحد، ولا يطابق تأشيرتي. رقم الطلب {ref}. كيف يمكن تصحيحه؟",
        "يمكن تصحيح الاسم مجانًا خلال سنة من الإصدار. نرجو إرفاق صورة الجواز وصورة الهوية بردّكم على هذه الرسالة.",
        "أرفقت الصور المطلوبة، ولكم الشكر.",
    ),
    Letter(
        "موعد في مكتب {city}",
        "حاولت حجز موعد في مكتب {city} منذ {few} أيام ولا تظهر أي مواعيد متاحة. هل هناك وقت آخر أو مكتب قريب؟",
        "تُضاف المواعيد الجديدة كل يوم أحد في الثامنة صباحًا. وقد حجزنا لكم موعدًا يوم الثلاثاء في العاشرة.",
    ),
    Letter(
        "رسوم الإصدار",
        "كم رسوم إصدار جواز لمدة عشر سنوات؟ وهل يمكن الدفع نقدًا في المكتب؟",
        "الرسوم ٦٠٠ ريال لعشر سنوات و٣٠٠ لخمس سنوات، والدفع إلكتروني فقط قبل الموعد.",
    ),
    Letter(
        "دفعت الرسوم مرتين",
        "دفعت رسوم التجديد مرتين بسبب خطأ في الموقع، والمبلغ خُصم من حسابي في المرتين. رقم السداد {ref}. أرجو إعادة المبلغ.",
        "تحققنا من العملية، وسيُعاد المبلغ الزائد إلى حسابكم خلال سبعة أيام عمل.",
        "لم يصل المبلغ بعد، ومرّت المدة التي ذكرتموها.",
    ),
    Letter(
        "إصدار جواز لمولود",
        "رُزقنا بمولود قبل {days} يومًا ونريد إصدار جواز سفر له. ما الأوراق المطلوبة؟ وهل يلزم حضور الأم؟",
        "مبارك لكم. المطلوب شهادة الميلاد وصورتان وهوية الأب، ويكفي حضور أحد الوالدين.",
    ),
    Letter(
        "تجديد الإقامة",
        "انتهت إقامتي قبل {few} أيام وصاحب العمل يقول إن الطلب عندكم برقم {ref}. أخاف من الغرامة. ما الحل؟",
        "طلبكم قيد المراجعة ولا تُحتسب غرامة ما دام الطلب مقدّمًا. سنخبركم عند انتهاء المراجعة.",
    ),
    Letter(
        "تأشيرة زيارة للوالدة",
        "تقدّمت بطلب تأشيرة زيارة عائلية لوالدتي برقم {ref} منذ {days} يومًا، وحالته «قيد الدراسة». هل ينقصه شيء؟",
        "ينقص الطلب صورة واضحة من جواز الوالدة. نرجو رفعها من التطبيق ليكتمل الطلب.",
        "رفعت الصورة الآن. كم تستغرق الدراسة بعد ذلك؟",
    ),
    Letter(
        "شكوى من موظف",
        "راجعت مكتب {city} يوم الأحد وانتظرت أربع ساعات، ثم قال لي الموظف إن النظام متوقف وتعال غدًا. هذه ثالث مرة.",
        "نعتذر عمّا حدث. حوّلنا شكواكم إلى إدارة المكتب، وحجزنا لكم موعدًا بلا انتظار صباح الغد.",
    ),
    Letter(
        "تحديث رقم الجوال",
        "غيّرت رقم جوالي ولا تصلني رسائل التحقق. كيف أحدّث الرقم من دون الدخول إلى الحساب؟",
        "يمكنكم تحديث الرقم من أجهزة الخدمة الذاتية بالبصمة، أو من المكتب دون موعد.",
    ),
    Letter(
        "جواز تالف",
        "تعرّض جوازي للماء وتلفت الصفحة الأولى. هل أستطيع السفر به إلى {city}؟ وكم يستغرق إصدار بدل؟",
        "لا يُنصح بالسفر بجواز تالف. إصدار البدل يستغرق يومي عمل، ورسومه كرسوم التجديد.",
    ),
    Letter(
        "السفر بجواز مدته قصيرة",
        "بقي على انتهاء جوازي خمسة أشهر، وعندي رحلة بعد {days} يومًا. هل تُقبل هذه المدة؟",
        "تشترط معظم الدول ستة أشهر. ننصحكم بالتجديد قبل السفر، ويستغرق يومين.",
    ),
    Letter(
        "تأخر التوصيل",
        "وصلتني رسالة بأن جوازي سُلّم إلى شركة التوصيل قبل {few} أيام ورقم الشحنة {ref}، ولم يتصل بي أحد.",
        "تواصلنا مع شركة التوصيل، وسيتصلون بكم اليوم لتحديد الوقت.",
        "اتصلوا بي واستلمت الجواز. جزاكم الله خيرًا.",
    ),
    Letter(
        "إضافة الأبناء إلى الإقامة",
        "أريد إضافة ابني المولود حديثًا إلى إقامتي، والموقع يطلب رقم طلب لا أعرفه. ما الخطوات؟",
        "نرجو إصدار شهادة الميلاد أولًا، ثم اختيار «إضافة تابع» من التطبيق ورفع جواز المولود.",
    ),
    Letter(
        "استفسار",
        "السلام عليكم\nعندي استفسار عن طلب رقم {ref}\nوين وصل؟ صار له {days} يوم",
        "وعليكم السلام، الطلب معتمد وجاهز للاستلام من مكتب {city}.",
    ),
    Letter(
        "تغيير موعد",
        "عندي موعد يوم الخميس في مكتب {city} برقم {ref} ولا أستطيع الحضور لظرف صحي. أرجو تأجيله أسبوعًا.",
        "أجّلنا الموعد إلى الخميس التالي في الوقت نفسه. نتمنى لكم السلامة.",
    ),
)

ENGLISH = (
    Letter(
        "Passport renewal status",
        "Hello,\n\nI applied to renew my passport {days} days ago at the {city} office, application {ref}. "
        'The tracking page has said "in review" ever since. Could you tell me when it will be ready?\n\nThank you',
        "Thank you for writing. Your application was approved this morning and the passport will be ready "
        "for collection in {city} within two working days.",
        "Great, thank you. Can my wife collect it for me?",
        "en",
    ),
    Letter(
        "Lost passport abroad",
        "I lost my passport yesterday in {city} and my flight home is in {days} days. What should I do? It is urgent.",
        "We are sorry to hear that. Please report the loss in the app; the consulate can issue an emergency travel "
        "document the same day.",
        language="en",
    ),
    Letter(
        "Residency permit for my employee",
        "We submitted a residency renewal for our engineer, request {ref}, and the fee was paid {days} days ago. "
        "The status is still unpaid. Please check.",
        "The payment had not been matched with the request. We have corrected this and the renewal is now in progress.",
        language="en",
    ),
    Letter(
        "Visit visa extension",
        "My parents are visiting and their visa ends in {days} days. Is it possible to extend it for one month?",
        "Yes. The sponsor can extend it once from the app, at least three days before it ends.",
        "The app shows an error when I try. Reference {ref}.",
        "en",
    ),
    Letter(
        "Wrong date of birth",
        "The date of birth printed in my new passport is wrong by one day (application {ref}). How can it be corrected?",
        "We apologise for the mistake. Please reply with a photo of your birth certificate; the reprint is free.",
        language="en",
    ),
    Letter(
        "Appointment for a family of five",
        "Is it possible to book one appointment for a family of five in {city}? The site only lets me book one person.",
        "One appointment is enough for a family. Please bring everyone's documents to it.",
        language="en",
    ),
    Letter(
        "Complaint about waiting time",
        "I waited three hours in the {city} office with an appointment and was sent home. This is not acceptable.",
        "We apologise. Your complaint has reached the office's management, and we have booked a priority slot for you.",
        language="en",
    ),
)

COMMENTS: dict[str, dict[int, tuple[str, ...]]] = {
    "ar": {
        5: ("", "", "شكرًا لكم، رد سريع وواضح.", "الله يعطيكم العافية، انحلت مشكلتي في نفس اليوم"),
        4: ("", "", "الخدمة جيدة، لكن الموقع لا يعرض حالة الطلب."),
        3: ("", "وصلني الرد بعد يوم، ولم أفهم الخطوة الأخيرة."),
        2: ("كررت السؤال مرتين قبل أن يصلني جواب.", ""),
        1: ("لم تُحل مشكلتي، والرد لا علاقة له بسؤالي.", "انتظرت كثيرًا ثم قيل لي راجع المكتب."),
    },
    "en": {
        5: ("", "Quick and clear, thank you."),
        4: ("", "Good, although I had to write twice."),
        3: ("", "The answer was correct but took a day."),
        2: ("I still do not know when my passport will be ready.",),
        1: ("My question was not answered at all.",),
    },
}
"""What they say afterwards of how it went, by language and points."""

PEOPLE = (
    ("فاطمة العتيبي", "fatima.otaibi"), ("أحمد الزهراني", "a.zahrani"), ("نورة القحطاني", "noura.q"),
    ("محمد الغامدي", "m.ghamdi"), ("سارة الشمري", "sara.shammari"), ("عبد الرحمن الدوسري", "abdulrahman.d"),
    ("ريم المطيري", "reem.m"), ("خالد الحربي", "khalid.harbi"), ("هند السبيعي", "hind.s"),
    ("يوسف العمري", "y.omari"), ("مها الجهني", "maha.j"), ("سلطان البقمي", "sultan.b"),
    ("لطيفة العنزي", "latifa.anazi"), ("عمر باوزير", "omar.bawazir"), ("جواهر المالكي", "jawaher.m"),
    ("تركي الرشيد", "turki.r"), ("أسماء فلاتة", "asma.f"), ("ماجد الصاعدي", "majed.s"),
    ("وفاء الأحمدي", "wafa.a"), ("إبراهيم عسيري", "i.asiri"), ("منيرة الخالدي", "munira.k"),
    ("بدر السهلي", "badr.sahli"), ("شيماء حسن", "shaimaa.h"), ("طارق منصور", "tareq.mansour"),
    ("ليلى حداد", "leila.haddad"), ("حسام الدين كمال", "hossam.k"), ("رنا الأسمري", "rana.asmari"),
    ("فهد الثبيتي", "fahad.t"), ("أمل باعشن", "amal.baashen"), ("زياد النعيمي", "ziad.n"),
    ("عائشة برناوي", "aisha.b"), ("سعد القرني", "saad.qarni"), ("هدى مدني", "huda.madani"),
    ("نايف الرويلي", "nayef.r"), ("دلال الهاجري", "dalal.h"), ("مصطفى عبد الله", "mustafa.a"),
    ("أفنان الحازمي", "afnan.h"), ("راشد المري", "rashed.m"), ("غادة يماني", "ghada.y"),
    ("وليد سندي", "waleed.s"),
)  # fmt: skip

GUESTS = (
    ("James Carter", "j.carter"), ("Priya Nair", "priya.nair"), ("Maria Santos", "maria.santos"),
    ("Daniel Okafor", "d.okafor"), ("Anna Kowalska", "anna.k"), ("Imran Siddiqui", "imran.s"),
    ("Elena Petrova", "elena.p"), ("Thomas Müller", "t.mueller"), ("Grace Wanjiru", "grace.w"),
    ("Michael Tan", "michael.tan"),
)  # fmt: skip

CITIES = (
    ("الرياض", "Riyadh"), ("جدة", "Jeddah"), ("الدمام", "Dammam"), ("مكة المكرمة", "Makkah"),
    ("أبها", "Abha"), ("تبوك", "Tabuk"), ("حائل", "Hail"), ("جازان", "Jazan"),
)  # fmt: skip
