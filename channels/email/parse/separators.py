"""What mail programs write above the letter they answer, in the languages people use."""

import re

# Direction marks, soft hyphens, and the vowel signs and stretching of Arabic.
UNSEEN = "".join(
    map(chr, (0x00AD, 0x061C, 0x0640, *range(0x064B, 0x0653), 0x200B, 0x200E, 0x200F, 0xFEFF,
              *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)  # fmt: skip
SETTLED = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹：\u00a0\u202f", "01234567890123456789:  ", UNSEEN)
VARIES = re.compile(f"[{''.join(map(chr, SETTLED))}]")

# Words that open an attribution: "On … wrote:", "في … كتب:".
OPENING = (
    "on|at|in|in data|le|am|el|al|il|il giorno|op|den|på|w dniu|dnia|em|no dia|a|vào|dňa|dne|dana|pe|pada|kl|"
    "στις|від|в|во|у|на|tarihinde|в сообщении от|quoting|wiadomość napisana przez|"
    "في|فى|بتاريخ|يوم|بيوم|منذ|در|در تاریخ|به تاریخ|بروز|بتاریخ|مورخہ|在|於|于|ב-|בתאריך|ביום|เมื่อ"
)
WEEKDAYS = (
    r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|satur?|sun)(?:day)?|montag|dienstag|mittwoch|donnerstag|"
    "freitag|samstag|sonntag|lun(?:di|es|edì)?|mar(?:di|tes|tedì)?|mer(?:credi|coledì)?|miércoles|"
    "jeu(?:di)?|jueves|giovedì|ven(?:dredi|erdì)?|viernes|sam(?:edi)?|sábado|sabato|dim(?:anche)?|"
    "domingo|domenica|tir|ons|tor|fre|lør|søn|mån|tis|lör|sön|ma|di|wo|do|vr|za|zo|pn|wt|śr|czw|pt|"
    "sob|niedz|пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    "понеділок|вівторок|середа|п['’]ятниця|неділя|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|"
    "pondělí|úterý|středa|čtvrtek|pátek|neděle|måndag|mandag|tisdag|tirsdag|onsdag|torsdag|fredag|lördag|"
    "lørdag|söndag|søndag|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|segunda|terça|quarta|"
    "quinta|sexta|hétfő|kedd|szerda|csütörtök|péntek|szombat|vasárnap|شنبه|جمعه|"
    "(?:ال)?(?:أحد|احد|اثنين|إثنين|ثلاثاء|أربعاء|اربعاء|خميس|جمعة|سبت)|"
    "پیر|منگل|بدھ|جمعرات|جمعہ|ہفتہ|اتوار|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar"
)
VERBS = (
    "wrote|writes|sent|said|schrieb|schreibt|geschrieben|a (?:é|e)crit|écrit|écrivait|escribió|"
    "escribi(?:o|ó)|ha escrit|escribe|ha scritto|scrisse|scrive|schreef|geschreven|skrev|skreiv|"
    "skriver|napisał(?:\\(a\\)|a)?|napisana|pisze|написал(?:\\(а\\)|а)?|писал(?:\\(а\\)|а)?|пишет|пише|"
    "yazdı|şunları yazdı|escreveu|a scris|napsal(?:\\(a\\)|a)?|napísal(?:\\(a\\)|a)?|έγραψε|"
    "kirjoitti|menulis|ditulis|เขียนว่า|đã viết|viết|írta|je napisa(?:o|la)|napisa(?:o|la)|"
    "написа|pisal|a scrie|kirjutas|rašė|rakstīja|sendte|heeft geschreven|"
    "كتبت?|كَتَبَ|كتب/ت|كتب\\(ت\\)|يكتب|تمت كتابة ما يلي بواسطة|تمت الكتابة بواسطة|أرسلت?|ارسلت?|"
    "أرسل/ت|قالت?|لکھا|نے لکھا|تحریر کیا|نوشت|نوشته(?: است)?|"
    "写道|寫道|写到|書きました|のメッセージ|のメール|さんは書きました|작성|님이 작성|쓰기|כתב(?:/ה|ה)?|"
    "użytkownik|пользователь|от"
)
ORIGINAL = (
    r"original message|original e-?mail|original appointment|reply message|"
    r"urspr(?:ü|ue)ngliche (?:nachricht|mail|e-?mail)|"
    r"original-?nachricht|antwort nachricht|message (?:d['’]origine|original|initial|d['’]origine)|"
    r"courriel original|mensaje original|mensagem original|messaggio originale|messaggio originario|"
    r"oorspronkelijk bericht|oprindelig meddelelse|originalmeddelande|ursprungligt meddelande|"
    r"opprinnelig melding|original besked|wiadomość oryginalna|oryginalna wiadomość|"
    r"исходное сообщение|оригинальное сообщение|пересылаемое сообщение|původní (?:zpráva|e-?mail)|"
    r"pôvodná správa|eredeti üzenet|mesaj original|orijinal (?:mesaj|ileti|mail)|özgün ileti|"
    r"alkuperäinen viesti|αρχικό μήνυμα|original meddelelse|izvorna poruka|pesan asli|tin nhắn gốc|"
    r"(?:ال)?رسال[ةه] (?:ال)?[أا]صلي[ةه]|(?:ال)?بريد (?:ال)?[أا]صلي|نص الرسالة|اصل پیغام|اصلی پیغام|"
    r"оригінальне повідомлення|оригинално писмо|missatge original|originálna správa|algne kiri|"
    r"pradinis laiškas|sākotnējā ziņa|upprunaleg skilaboð|μήνυμα προέλευσης|mesej asal|ข้อความต้นฉบับ|मूल संदेश|"
    r"پیام اصلی|原始(?:邮件|郵件|信件)|原邮件|元のメッセージ|원본 메[시세]지|הודעה מקורית"
)
FORWARDED = (
    r"forwarded message|forwarded by|forwarded e-?mail|begin forwarded message|weitergeleitete nachricht|"
    r"anfang der weitergeleiteten|message (?:transféré|transmis|réexpédié)|début du message (?:réexpédié|transféré)|"
    r"mensaje reenviado|inicio del mensaje reenviado|mensagem encaminhada|mensagem reencaminhada|"
    r"messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd|"
    r"videresendt|vidarebefordrat|videresend(?:t|te) (?:besked|melding)|wiadomość przekazana|"
    r"przekazana wiadomość|пересланное сообщение|пересылаемое|přeposlaná zpráva|továbbított üzenet|"
    r"iletilen (?:ileti|mesaj)|yönlendirilen|välitetty viesti|προωθημένο μήνυμα|mesaj redirecționat|"
    r"(?:ال)?رسال[ةه] (?:(?:ال)?معاد توجيهها|(?:ال)?محول[ةه]|(?:ال)?موجه[ةه]|تمت إعادة توجيهها)|"
    r"بدء الرسالة (?:المعاد|المحول)|آگے بھیجا|پیام هدایت|پیام ارسال شده|转发(?:的)?邮件|轉寄|転送|전달된"
)
# Labels of a copied header block, by what they name.
LABELS = {
    "from": "from|von|de|da|van|från|fra|frå|od|от|від|kimden|gönderen|من|المرسل|مرسل|از|منجانب|"
            "فرستنده|发件人|寄件者|寄件人|差出人|送信者|보낸 ?사람|보낸이|από|feladó|lähettäjä|expéditeur|"
            "mittente|remitente|odesílatel|odosielateľ|de la|expeditor|từ|dari|daripada|מאת|absender|avsändare|"
            "šalje|pošiljatelj|шаље|од|подател|nuo|saatja|frá|nork|kimdən|จาก|प्रेषक|প্রেরক|გამომგზავნი|mula kay",
    "date": "date|sent|gesendet|datum|envoyé(?: le)?|date d'envoi|enviado(?: el| em)?|fecha|data|inviato|"
            "verzonden|sendt|dato|skickat|wysłano|отправлено|дата|надіслано|tarih|gönderil(?:en|di|me tarihi)|"
            "التاريخ|تاريخ|تاريخ ال[إا]رسال|تاريخ و?وقت ال[إا]رسال|[أا]رسلت?|تم ال[إا]رسال|ال[إا]رسال|مرسلة?|"
            "وقت ال[إا]رسال|تاریخ|بھیجا گیا|ارسال شده|"
            "发送时间|寄件日期|傳送時間|日期|送信日時|送信日|日時|보낸 ?날짜|날짜|"
            "ημερομηνία|στάλθηκε|dátum|elküldve|lähetetty|päivämäärä|päiväys|trimis|odesláno|odoslané|נשלח|"
            "תאריך|ngày|đã gửi|tanggal|dikirim|dihantar|time|enviada em|enviad[ao]s?|poslano|poslato|послато|"
            "изпратено|испратено|enviat(?: el)?|išsiųsta|nosūtīts|saadetud|bidalia|göndərildi|ส่งแล้ว|ส่งเมื่อ|ส่ง|"
            "วันที่|भेजा गया|दिनांक|প্রেরিত|তারিখ|გაგზავნილია|ipinadala|فرستاده شده",
    "to": "to|an|à|a|para|aan|till|til|do|кому|до|kime|alıcı|[إا]لى|الي|المرسل [إا]ليه|به|بنام|گیرنده|收件人|收件者|"
          "宛先|받는 ?사람|받는이|προς|címzett|vastaanottaja|către|komu|אל|đến|tới|kepada|destinataire|"
          "destinatario|destinatário|empfänger|pour|za|за|prima|primatelj|per a|kam|adressaat|saaja|nori|kimə|"
          "ถึง|प्रति|প্রতি|ადრესატი|para kay",
    "subject": "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|konu|"
               "الموضوع|موضوع|عنوان|主题|主旨|件名|제목|θέμα|tárgy|aihe|subiect|předmět|predmet|נושא|"
               "chủ đề|subjek|perihal|sujet|re|zadeva|naslov|наслов|относно|предмет|assumpte|tēma|temats|teema|"
               "efni|gaia|mövzu|เรื่อง|หัวเรื่อง|विषय|বিষয়|თემა|paksa",
    "cc": "cc|kopie|copie(?: à)?|copia|kopia|kopi|نسخة|نسخه|نسخة [إا]لى|抄送|副本|참조|копия|копія|"
          "bilgi|reply-to|odpowiedz do|importance|priority|attachments?|organi[sz]ation|المرفقات",
}  # fmt: skip
DEVICES = (
    r"(?:get|download|télécharger|hol dir|obtenir|obtén|obtener|obter|ottieni|scarica|baixar|"
    r"descargar?|hämta|få|pobierz|(?:احصل|الحصول) على|تنزيل) outlook (?:for|pour|für|para|per|för|"
    r"dla|لـ ?|ل)[ ]?\w+|outlook (?:für|voor|for) \w+ (?:beziehen|herunterladen|downloaden)|"
    r"\w+ için outlook['’]?[uı] (?:edinin|indirin)|"
    r"diese nachricht wurde von [\w .-]+ gesendet|az [\w .-]+r[óő]l küldve|trimis de pe [\w .‑-]+|"
    r"odesláno z [\w .-]+|odoslané z [\w .-]+|lähetetty [\w .-]+|надіслано з [\w .-]+|poslano (?:s|z|iz) [\w .-]+|"
    r"στάλθηκε από [\w .-]+|נשלח מה-?[\w .-]+|ส่งจาก [\w .-]+|[\w .-]+에서 보냄|dikirim dari [\w .-]+|"
    r"sent (?:from|via|with|using) (?:my |the |an? )?[\w .'’®™-]{2,60}(?:\([^)]*\))?|"
    r"sent from (?:mail|outlook|yahoo mail|gmail) for \w[\w ]*|"
    r"von meinem [\w .-]+ gesendet|gesendet (?:von|mit) [\w .-]+|envoyé (?:de|depuis|à partir de) [\w .'’-]+|"
    r"enviado desde [\w .-]+|enviado do [\w .-]+|inviato da(?:l mio)? [\w .-]+|verstuurd vanaf [\w .-]+|"
    r"(?:verzonden|verstuurd) (?:via|met|vanaf) [\w .-]+|skickat från [\w .-]+|sendt fra [\w .-]+|"
    r"wysłan[eo] z [\w .-]+|отправлено (?:с|из) [\w .-]+|[\w .-]+'?(?:den|dan|mdan) gönderildi|"
    r"(?:تم ال[إا]رسال|[أا]رسلت?|مُ?رسل[ةه]?|مرسلة) (?:من|عبر|بواسطة) [\w .ـ-]{2,60}|"
    r"میرے [\w .-]+ سے بھیجا گیا|از [\w .-]+ من ارسال شد|发自我的 ?[\w .-]+|從我的 ?[\w .-]+|[\w .-]+から送信"
)

MAIL = re.compile(r"[\w.+-]{1,100}@[\w-]{1,63}(?:\.[\w-]{1,63})*")
DATE = re.compile(
    r"\d{1,2}[:.h]\d{2}(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|"
    r"\d{4}[-/.年]"
)
TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)")
WEAK = re.compile(
    r"(?<!\w)(?:i|we|said|sent|قالت?|[أا]رسلت?|كتبت|كتبنا|ich|je|j'ai|yo)(?!\w)", re.IGNORECASE
)
PROGRAM = re.compile(r"you wrote|تمت كتابة|تمت الكتابة|كتب/(?:كتب)?ت|كتب\(ت\)", re.IGNORECASE)
# For lines in small letters only: three times as fast as a pattern that ignores case.
STARTS_DATED = re.compile(
    rf"[\W_]*(?:(?:{WEEKDAYS})\b[.,،]?\s*)?\d{{1,4}}[-/.年\s]\s?[\w月]{{1,9}}[-/.月\s,]"
    r"|[\W_]*\d{1,2}:\d{2}(?!\d)"
)
OPENS = re.compile(rf"[\W_]*(?:{OPENING})(?:[\s،,:]|(?<=-)|\d)|[\W_]*(?:{WEEKDAYS})[\s.,،]")
STAMPED = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d")
VERB = re.compile(rf"(?<!\w)(?:{VERBS})(?!\w)|写道|寫道|のメッセージ|작성", re.IGNORECASE)
IN_BRACKETS = re.compile(rf"[<(\[]\s*(?:mailto:)?{MAIL.pattern}\s*[>)\]]")
VERB_THEN_DATE = re.compile(
    rf"(?<!\w)(?:{VERBS})\s+(?:on|am|le|el|il|op|den|em|dne|في|بتاريخ|يوم)\s+\D{{0,20}}\d",
    re.IGNORECASE,
)
QUOTING = re.compile(
    r"(?:quoting|citando|zitat von|citat(?:ion de)?|citát|نقلا عن|اقتباس من)\s", re.IGNORECASE
)
AFTER_NAME = re.compile(rf"[>)\]\s]*.{{0,20}}?(?<!\w)(?:{VERBS})\s*:\s*$", re.IGNORECASE)
NAMED_LAST = re.compile(rf"\w.*(?<!\w)(?:{VERBS})\s*:\s*$", re.IGNORECASE)
SENTENCE = re.compile(r"[.!?;؟]\s")
SHORT_WORDS = 8
ENDS = re.compile(r":\s*[-*_>]*\s*$")
ENDS_IN_VERB = re.compile(rf"(?<!\w)(?:{VERBS})[\s\-*_]*$", re.IGNORECASE)
# Lines that helpdesks ask people to answer above, and the frame that GroupWise draws: ">>> … >>>".
ABOVE = (
    r"above this line|oberhalb dieser (?:zeile|linie)|au[- ]dessus de cette ligne|"
    r"(?:encima|arriba) de esta línea|acima desta linha|sopra questa riga|boven deze (?:regel|lijn)|"
    r"bu satırın üzer\w+|(?:[أا]على|فوق) هذا (?:السطر|الخط)|выше этой (?:строки|линии)"
)
FRAMED = re.compile(r">>>\s(?=.*(?:@|\d)).{3,200}\s>>>\s*$")
ORIGINAL_LINE = re.compile(
    rf"[\s>*]*(?:[-_=*]\s?){{2,40}}\s*(?:{ORIGINAL})\b.{{0,60}}$"
    rf"|[\s*]*(?:بداية )?(?:{ORIGINAL})\s*:?[\s*]*$"
    rf"|[\s>]*<div>\s*-{{2,20}}\s*(?:{ORIGINAL})\s*-{{2,20}}\s*</div>"
    rf"|\s*[-#=*_~]{{2}}.{{0,80}}(?:{ABOVE}).{{0,40}}$|\s*(?:please )?reply above this line\.?\s*$"
    rf"|{FRAMED.pattern}",
    re.IGNORECASE,
)
FORWARD_LINE = re.compile(rf"[\s>*]*[-_=*]{{2,}}\s*(?:{FORWARDED})|[\s>*]*(?:{FORWARDED})\b.{{0,40}}:?\s*$",
                          re.IGNORECASE)  # fmt: skip
FORWARD_SUBJECT = re.compile(
    r"\s*(?:(?:re|aw|sv|رد)\s*:\s*)?(?:fwd?|wg|tr|rv|enc|i|doorst|vl|vb|ilt|pd|[إا]عادة توجيه|محول|转发|轉寄)\s*:",
    re.IGNORECASE,
)
LABEL_LINES = tuple(
    (kind, re.compile(rf"[\s*>|_]*(?:{words})\s*\*?\s*:(?!//)", re.IGNORECASE))
    for kind, words in LABELS.items()
)
MAYBE_LABEL = re.compile(r"[\s*>|_]*[^\W\d_][^:\n]{0,28}:")
SHARED = re.compile(
    r"^(?P<said>.*?\S)[\s-]*(?<![A-Za-z])On (?=[^:]{0,40}\d)(?:[A-Z][a-z]{2},? |\w).{5,200}\bwrote:\s*$"
)
SIGNATURE = re.compile(r"\s*(?:--|—|–|-- -|- --)\s*$")
RULE = re.compile(r"[\s>]*(?:[-_=*─—]\s?){5,}\s*$")
LIST_FOOTER = re.compile(
    r"mailing[ -]?list|unsubscribe|listinfo|list-?serv|googlegroups", re.IGNORECASE
)
DEVICE = re.compile(rf"\s*(?:{DEVICES})\s*(?:<https?://[^>\s]*>)?[\s.]*$", re.IGNORECASE)


def plain(line: str) -> str:
    """Drop what direction marks and digit sets change, for matching only."""
    return line if line.isascii() or not VARIES.search(line) else line.translate(SETTLED)


def label(line: str) -> str | None:
    """Say which header a line looks like."""
    if not MAYBE_LABEL.match(line):
        return None
    for kind, pattern in LABEL_LINES:
        if pattern.match(line):
            return kind
    return None


def is_attribution(joined: str, *, quoted_next: bool) -> bool:
    """Recognise "On … somebody wrote:", whichever comes first, date, name or verb."""
    if len(joined) > 400:
        return False
    mail = MAIL.search(joined)
    framed = joined.startswith("--") and joined.endswith("-")
    ends = ENDS.search(joined) is not None
    if not ends and not framed and not quoted_next:
        return False
    small = joined.lower()
    dated = STARTS_DATED.match(small) is not None
    if not ends and not ENDS_IN_VERB.search(joined[-60:]):
        stamped = STAMPED.match(joined) is not None
        return quoted_next and (stamped or bool(mail and dated and joined.endswith(">")))
    date = DATE.search(joined)
    if ends and date and (IN_BRACKETS.search(joined) or VERB_THEN_DATE.search(joined)):
        return True  # a name, its address and a date before a colon: no language needs knowing
    if VERB.search(joined) is None:
        return bool(ends and mail and ((dated and date) or QUOTING.match(joined)))
    opened = dated or OPENS.match(small) is not None
    return (
        framed
        or _is_named(joined, mail)
        or (opened and _is_sure(joined, mail, quoted_next))
        or (quoted_next and _ends_with_name(joined))
    )


def _is_sure(joined: str, mail: re.Match[str] | None, quoted_next: bool) -> bool:
    """Tell a program's line from a citizen's own "On 12 May I wrote to you:"."""
    if IN_BRACKETS.search(joined) or PROGRAM.search(joined):
        return True
    if quoted_next:
        return mail is not None or DATE.search(joined) is not None
    return bool((mail or TIME.search(joined)) and not WEAK.search(joined))


def _is_named(joined: str, mail: re.Match[str] | None) -> bool:
    """Recognise "Name <address> wrote:", with no date at all."""
    if mail is None or mail.start() > 80 or re.search("[:;!?]", joined[: mail.start()]):
        return False
    return AFTER_NAME.match(joined[mail.end() :][:60]) is not None


def _ends_with_name(joined: str) -> bool:
    """Recognise "Somebody wrote:" right above a quote, where it can hardly be anything else."""
    short = len(joined.split()) <= SHORT_WORDS and not SENTENCE.search(joined[:-1])
    return short and NAMED_LAST.search(joined) is not None and not WEAK.search(joined)
