#include "logic/quote.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"

/* The Turkish dotted capital leaves a combining dot behind. */
#define DOT_ABOVE "\xcc\x87"

/* Bytes of a line that begins, or heads, what is quoted. */
#define LONG_LINE 120
#define MAX_LINE  400

static const char *const forward_words[] = {
    "forwarded message",
    "original message",
    "begin forwarded",
    "forwarded by",
    "转发邮件",
    "转发的邮件",
    "原始邮件",
    "轉寄郵件",
    "原始郵件",
    "轉發郵件",
    "轉寄的郵件",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "исходное сообщение",
    "пересылаемое письмо",
    "mensaje reenviado",
    "mensaje original",
    "mensagem encaminhada",
    "mensagem original",
    "message transféré",
    "message d'origine",
    "message transmis",
    "message original",
    "iletilen mesaj",
    "iletilmiş mesaj",
    "iletilen ileti",
    "iletilmiş ileti",
    "yönlendirilen",
    "özgün ileti",
    "orijinal mesaj",
    "messaggio inoltrato",
    "messaggio originale",
    "inoltrato",
    "weitergeleitete nachricht",
    "ursprüngliche nachricht",
    "originalnachricht",
    "weitergeleitete",
    "przekazana wiadomość",
    "wiadomość przekazana",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "przesłana dalej",
    "전달된 메시지",
    "원본 메시지",
    "전달된 메일",
    "원본 메일",
    "forwarded mail",
    "original-nachricht",
    "przekazanej wiadomości",
    "przekazywanej wiadomości",
    "messaggio inviato",
    "message réexpédié",
    "weitergeleiteten nachricht",
    "mensagem reencaminhada",
    "iletinin başlangıcı",
    "ileti başlangıcı",
    "переадресованного сообщения",
    "переадресованное сообщение",
    "пересланного сообщения",
    "пересылаемого сообщения",
    "пересланное письмо",
    "转发的邮件",
    "轉寄的郵件",
    "转发邮件信息",
    "전달된 메세지",
    NULL,
};

static const char *const wrote_words[] = {
    "wrote:",      "写道:",       "寫道:",      "написал:",  "написал(а):", "написала:",
    "пишет:",      "escribió:",   "escreveu:",  "a écrit :", "a écrit:",    "yazdı:",
    "şunu yazdı:", "ha scritto:", "schrieb:",   "napisał:",  "napisał(a):", "napisała:",
    "pisze:",      "작성:",       "님이 작성:", "썼습니다:", NULL,
};

/* Whoever wrote what is quoted. */
static const char *const from_labels[] = {
    "from",        "发件人",    "發件人",   "寄件者", "寄件人", "от",  "от кого",
    "отправитель", "de",        "gönderen", "kimden", "da",     "von", "od",
    "nadawca",     "보낸 사람", "보낸사람", "발신",   "보낸이",
};

static const char *const header_labels[] = {
    "sent",       "date",     "to",       "cc",        "reply-to",
    "发送时间",   "收件人",   "日期",     "抄送",      "时间",
    "傳送時間",   "收件者",   "寄件日期", "кому",      "дата",
    "отправлено", "para",     "enviado",  "fecha",     "data",
    "à",          "envoyé",   "kime",     "tarih",     "gönderme tarihi",
    "gönderilme", "a",        "inviato",  "an",        "gesendet",
    "datum",      "do",       "wysłano",  "받는 사람", "보낸 날짜",
    "날짜",       "받는사람", "수신",     "日付",
};

static const char *const subject_labels[] = {
    "subject", "主题", "主旨",    "主題",    "тема",  "asunto", "assunto",
    "objet",   "konu", "oggetto", "betreff", "temat", "제목",   "标题",
};

static const struct {
    const char *text;
    bool forward;
} prefixes[] = {
    { "fwd", true },  { "fw", true },     { "转发", true },    { "轉寄", true },
    { "轉發", true }, { "wg", true },     { "tr", true },      { "rv", true },
    { "enc", true },  { "i", true },      { "pd", true },      { "ilt", true },
    { "ynt", false }, { "i̇lt", true },    { "전달", true },    { "re", false },
    { "aw", false },  { "回复", false },  { "回覆", false },   { "答复", false },
    { "odp", false }, { "res", false },   { "rif", false },    { "r", false },
    { "sv", false },  { "ref", false },   { "пер", true },     { "отв", false },
    { "ha", false },  { "회신", false },  { "inoltra", true }, { "fwd.", true },
    { "yn", false },  { "пересл", true }, { "fwd:fwd", true },
};

/* What stands before the first colon of @lower, as "** From * :".  Returns: its beginning,
 * borrowed; NULL when there is no colon. */
static const char *
label_of(const char *lower, size_t *ret_n)
{
    const char *start = lower + strspn(lower, "* >");
    const char *colon = strchr(start, ':');

    if (colon == NULL)
        return NULL;
    while (colon > start && (colon[-1] == ' ' || colon[-1] == '*'))
        colon--;
    *ret_n = (size_t) (colon - start);
    return start;
}

static bool
is_any(const char *label, size_t n, const char *const *labels, size_t n_labels)
{
    for (size_t i = 0; i < n_labels; i++)
        if (*label == *labels[i] && strncmp(label, labels[i], n) == 0 && labels[i][n] == '\0')
            return true;
    return false;
}

/* Most lines are none of these, and need no look in small letters. */
static bool
may_be_quote(const char *line)
{
    return strspn(line, "-_= ") >= 2 || strchr(line, ':') != NULL || strstr(line, "--") != NULL
           || strstr(line, DOT_ABOVE) != NULL;
}

/* Returns: (transfer full): the first @n bytes of @line in small letters; -1: all. */
static char *
small_letters(const char *line, gssize n)
{
    g_autofree char *small = g_utf8_strdown(line, n);
    g_auto(GStrv) pieces = g_strsplit(small, DOT_ABOVE, -1);

    return g_strjoinv("", pieces);
}

static ApdQuote
quote_of_label(const char *lower)
{
    size_t n = 0;
    const char *label = label_of(lower, &n);

    if (label == NULL)
        return APD_QUOTE_NO;
    if (is_any(label, n, subject_labels, G_N_ELEMENTS(subject_labels)))
        return APD_QUOTE_SUBJECT;
    if (is_any(label, n, from_labels, G_N_ELEMENTS(from_labels)))
        return APD_QUOTE_FROM;
    if (is_any(label, n, header_labels, G_N_ELEMENTS(header_labels)))
        return APD_QUOTE_HEADER;
    return APD_QUOTE_NO;
}

ApdQuote
apd_quote_of(const char *line)
{
    size_t n = strlen(line);

    if (n == 0 || n > MAX_LINE || !may_be_quote(line))
        return APD_QUOTE_NO;
    /* Where nobody "wrote:", a long line can only begin with a label. */
    if (n >= LONG_LINE && line[n - 1] != ':') {
        size_t label = strcspn(line, ":");
        g_autofree char *lower = small_letters(line, (gssize) MIN(label + 1, n));
        return quote_of_label(lower);
    }

    g_autofree char *lower = small_letters(line, -1);
    n = strlen(lower);
    bool ruled =
        strspn(lower, "-_= ") >= 2 || g_str_has_suffix(lower, "--") || g_str_has_suffix(lower, ":");
    if (ruled && n < LONG_LINE && apd_text_has_any(lower, forward_words))
        return APD_QUOTE_FORWARD;
    if (lower[n - 1] == ':' && apd_text_has_any(lower, wrote_words))
        return APD_QUOTE_REPLY;
    return quote_of_label(lower);
}

int
apd_quote_prefix(const char *subject, bool *ret_forward, bool *ret_reply)
{
    g_autofree char *lower = g_utf8_strdown(subject, -1);
    const char *p = lower;
    bool more = strlen(lower) == strlen(subject);

    while (more) {
        more = false;
        for (size_t i = 0; i < G_N_ELEMENTS(prefixes) && !more; i++) {
            size_t n = strlen(prefixes[i].text);
            if (strncmp(p, prefixes[i].text, n) != 0)
                continue;
            size_t colon = n + strspn(p + n, "0123456789[] ");
            if (p[colon] != ':')
                continue;
            if (prefixes[i].forward)
                *ret_forward = true;
            else
                *ret_reply = true;
            p += colon + 1 + strspn(p + colon + 1, " ");
            more = true;
        }
    }
    return (int) (p - lower);
}
