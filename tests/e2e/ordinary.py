"""Ordinary mail, made by the thousand: what a seller's mailbox is full of, and none of it a notice.

Deterministic by its seed.  Each kind of mail is a few subjects and sentences with places to fill in, in
each language; long texts are licences that Debian installs anyway.  Many speak of points, penalties,
deadlines, appeals and suspensions: of other people's.
"""

import base64
import email.header
import glob
import quopri
import random

# kind -> senders: (name, domain, authenticates)
SENDERS = {
    "order": [("AliExpress", "notice.aliexpress.com", True), ("AliExpress", "notice.aliexpress.com", True)],
    "marketing": [("AliExpress", "deals.aliexpress.com", True), ("AliExpress", "promotion.aliexpress.com", True),
                  ("Alibaba", "mail.aliexpress.com", True), ("Super Shop", "news.shop.example", True)],
    "newsletter": [("Seller Weekly", "weekly.example", True), ("Trade Letter", "letter.example", False)],
    "chat": [("Maria", "friends.example", False), ("Zhang Wei", "partner.example", True), ("Ivan", "post.example", False)],
    "invoice": [("Accounts", "packaging.example", True), ("Billing", "hosting.example", True)],
    "marketplace": [("Amazon", "amazon.com", True), ("eBay", "ebay.com", True), ("Ozon", "ozon.ru", True),
                    ("Temu", "temu.com", True), ("Allegro", "allegro.pl", True), ("Coupang", "coupang.com", True)],
    "traffic": [("Road Office", "roads.example", True), ("City", "city.example", False)],
    "court": [("District Court", "court.example", True)],
    "football": [("League News", "football.example", True)],
    "bank": [("Your Bank", "bank.example", True)],
    "loyalty": [("Bonus Club", "bonus.example", True), ("Airline Miles", "miles.example", True)],
    "game": [("Dragon Online", "game.example", True)],
}

# language -> kind -> (subjects, sentences).  {o} an order, {n} a number, {m} a sum, {d} a date, {p} a person.
# The fourth place is a greeting for all kinds.
TEXTS = {
    "en": {
        "order": (["Order {o}: shipped", "Your order {o} has been delivered", "Please confirm receipt of order {o}"],
                  ["Your order {o} has left the warehouse.", "Buyer protection ends on {d}.", "The package weighs {n} g.",
                   "You can track your package with number LP00{o}.", "Total paid: US ${m}."]),
        "marketing": (["Last chance: {n}% off ends {d}", "Your coupon expires in 3 days"],
                      ["Save up to {n}% on lamps.", "Coupons are valid until {d}.", "Collect points with each purchase.",
                       "Free returns, no penalty.", "Follow your favourite store."]),
        "newsletter": (["This week for sellers", "How sellers deal with penalties: part {n}"],
                       ["Our guest {p} explains how penalty points work on large platforms.", "Register for the free webinar on {d}.",
                        "Five tips for better product photos.", "Read the interview on page {n}."]),
        "chat": (["Lunch on {d}?", "Re: samples"], ["{p} asks whether we meet on {d}.", "The samples arrived, {n} pieces.",
                                                       "I will be late, sorry.", "Can you send me the photos again?"]),
        "invoice": (["Invoice {n} of {d}", "Payment received"], ["Please pay {m} EUR by {d}.", "A late fee of {n} EUR is charged after that.",
                                                                   "Thank you for your business.", "Invoice number {n}."]),
        "marketplace": (["Your listing was removed", "Policy warning for your seller account"],
                        ["We removed your listing for trademark infringement.", "You may appeal within {n} days in your account.",
                         "Your account health rating is {n}."]),
        "traffic": (["Notice of traffic offence", "Penalty points on your licence"],
                    ["{n} penalty points were added to your driving licence.", "You may appeal until {d}.", "The fine is {m} EUR."]),
        "court": (["Hearing on {d}", "Jury service"], ["The hearing in the matter of {p} takes place on {d}.", "File number {n}/26.",
                                                        "Please bring your identity card."]),
        "football": (["{p} scores twice", "Club appeals against points deduction"],
                     ["The club was deducted {n} points and will appeal by {d}.", "{p} missed a penalty in minute {n}.", "The ban ends on {d}."]),
        "bank": (["Your statement of {d}", "Card blocked? Not yours"], ["Your balance is {m} EUR.", "A standing order of {m} EUR was carried out.",
                                                                           "Never tell anyone your code."]),
        "loyalty": (["You have {n} points", "Your points expire on {d}"], ["{n} points were deducted for your reward.", "Your points expire on {d}.",
                                                                              "Your level is now gold."]),
        "game": (["Season ends {d}", "Your guild needs you"], ["Your account lost {n} rank points.", "Players who cheat are banned.",
                                                                  "The season ends on {d}."]),
    },
    "zh": {
        "order": (["订单 {o} 已发货", "请确认收货：{o}"], ["您的订单 {o} 已从仓库发出。", "买家保护期至 {d}。", "包裹重量 {n} 克。", "实付金额：{m} 元。"]),
        "marketing": (["最后机会：立减 {n}%", "您的优惠券3天后过期"], ["全场低至 {n}%。", "优惠券有效期至 {d}。", "每次购物都可累积积分。", "关注您喜爱的店铺。"]),
        "newsletter": (["跨境周刊第 {n} 期", "卖家如何避免扣分"], ["本期嘉宾{p}讲解各平台的扣分规则。", "免费直播课将于 {d} 举行。", "五个拍好商品图的技巧。"]),
        "chat": (["{d} 一起吃饭吗", "回复：样品"], ["{p}问我们 {d} 见不见面。", "样品到了，一共 {n} 件。", "我晚点到，不好意思。"]),
        "invoice": (["{d} 的发票", "已收到您的付款"], ["请于 {d} 前支付 {m} 元。", "逾期将收取 {n} 元滞纳金。", "感谢您的惠顾。"]),
        "marketplace": (["您的商品已被下架", "店铺违规提醒"], ["因商标侵权，您在本站的商品已下架。", "您可在 {n} 天内登录后台申诉。"]),
        "traffic": (["交通违法通知", "驾驶证记分提醒"], ["您的驾驶证被记 {n} 分。", "您可在 {d} 前申请复议。", "罚款 {m} 元。"]),
        "court": (["开庭通知 {d}"], ["{p}一案将于 {d} 开庭。", "案号（2026）{n}号。", "请携带身份证。"]),
        "football": (["{p}梅开二度", "俱乐部就扣分提出上诉"], ["该俱乐部被扣 {n} 分，将在 {d} 前上诉。", "{p}罚失点球。"]),
        "bank": (["{d} 账单", "账户变动提醒"], ["您的余额为 {m} 元。", "请勿向任何人透露验证码。"]),
        "loyalty": (["您有 {n} 积分", "积分将于 {d} 过期"], ["兑换礼品已扣除 {n} 积分。", "您已升级为金卡会员。"]),
        "game": (["赛季将于 {d} 结束"], ["您的排位分减少了 {n} 分。", "作弊玩家将被封号。"]),
    },
    "zh-Hant": {
        "order": (["訂單 {o} 已出貨"], ["您的訂單 {o} 已從倉庫寄出。", "買家保護期至 {d}。", "實付金額：{m} 元。"]),
        "marketing": (["最後機會：現折 {n}%"], ["優惠券有效期限至 {d}。", "每次購物都可累積點數。"]),
        "newsletter": (["跨境週刊第 {n} 期"], ["本期來賓{p}講解各平台的扣分規則。", "免費直播課將於 {d} 舉行。"]),
        "chat": (["{d} 一起吃飯嗎"], ["{p}問我們 {d} 見不見面。", "樣品到了，一共 {n} 件。"]),
        "invoice": (["{d} 的發票"], ["請於 {d} 前支付 {m} 元。", "感謝您的惠顧。"]),
        "marketplace": (["您的商品已被下架"], ["因商標侵權，您在本站的商品已下架。", "您可在 {n} 天內登入賣家中心申訴。"]),
        "traffic": (["交通違規通知"], ["您的駕駛執照被記 {n} 點。", "罰鍰 {m} 元。"]),
        "court": (["開庭通知 {d}"], ["{p}一案將於 {d} 開庭。", "請攜帶身分證。"]),
        "football": (["球隊就扣分提出上訴"], ["該球隊被扣 {n} 分，將在 {d} 前上訴。"]),
        "bank": (["{d} 帳單"], ["您的餘額為 {m} 元。", "請勿向任何人透露驗證碼。"]),
        "loyalty": (["點數將於 {d} 到期"], ["兌換禮品已扣除 {n} 點。"]),
        "game": (["賽季將於 {d} 結束"], ["您的積分減少了 {n} 分。", "作弊玩家將被停權。"]),
    },
    "ru": {
        "order": (["Заказ {o} отправлен", "Подтвердите получение заказа {o}"], ["Ваш заказ {o} покинул склад.", "Защита покупателя действует до {d}.", "Сумма: {m} руб."]),
        "marketing": (["Последний шанс: скидка {n}%", "Купон сгорит через 3 дня"], ["Купоны действуют до {d}.", "Копите баллы за каждую покупку."]),
        "newsletter": (["Новости для продавцов", "Как не получить штраф: часть {n}"], ["{p} рассказывает, как устроены штрафные баллы на площадках.", "Вебинар пройдёт {d}."]),
        "chat": (["Обед {d}?", "Re: образцы"], ["{p} спрашивает, увидимся ли мы {d}.", "Образцы пришли, {n} штук.", "Я опоздаю, извини."]),
        "invoice": (["Счёт {n} от {d}"], ["Просим оплатить {m} руб. до {d}.", "Спасибо за сотрудничество."]),
        "marketplace": (["Ваш товар скрыт", "Предупреждение продавцу"], ["Мы скрыли ваш товар из-за нарушения прав на товарный знак.", "Обжаловать можно в течение {n} дней."]),
        "traffic": (["Постановление о нарушении ПДД"], ["Штраф {m} руб. за превышение скорости.", "Обжаловать можно до {d}."]),
        "court": (["Заседание {d}"], ["Заседание по делу {p} состоится {d}.", "Дело № {n}."]),
        "football": (["Клуб обжалует снятие очков"], ["С клуба сняли {n} очков, жалоба будет подана до {d}.", "{p} не забил пенальти."]),
        "bank": (["Выписка за {d}"], ["Остаток на счёте {m} руб.", "Никому не сообщайте код."]),
        "loyalty": (["У вас {n} баллов", "Баллы сгорят {d}"], ["За награду списано {n} баллов.", "Ваш уровень теперь золотой."]),
        "game": (["Сезон закончится {d}"], ["Вы потеряли {n} очков рейтинга.", "Нечестных игроков блокируют."]),
    },
    "es": {
        "order": (["Pedido {o} enviado"], ["Su pedido {o} ha salido del almacén.", "La protección del comprador termina el {d}.", "Total: {m} EUR."]),
        "marketing": (["Última oportunidad: {n}% de descuento"], ["Los cupones valen hasta el {d}.", "Acumule puntos con cada compra."]),
        "newsletter": (["Esta semana para vendedores"], ["{p} explica cómo funcionan los puntos de penalización en las plataformas.", "Seminario gratuito el {d}."]),
        "chat": (["¿Comemos el {d}?"], ["{p} pregunta si nos vemos el {d}.", "Llegaron las muestras, {n} piezas."]),
        "invoice": (["Factura {n} del {d}"], ["Le rogamos pague {m} EUR antes del {d}.", "Gracias por su confianza."]),
        "marketplace": (["Hemos retirado su anuncio"], ["Retiramos su anuncio por infracción de marca.", "Puede apelar en un plazo de {n} días en su cuenta."]),
        "traffic": (["Notificación de multa de tráfico"], ["Se han descontado {n} puntos de su permiso de conducir.", "Puede recurrir hasta el {d}."]),
        "court": (["Vista del {d}"], ["La vista del asunto de {p} tendrá lugar el {d}."]),
        "football": (["El club recurre la resta de puntos"], ["Al club le restaron {n} puntos y recurrirá antes del {d}.", "{p} falló un penalti."]),
        "bank": (["Extracto del {d}"], ["Su saldo es de {m} EUR.", "No diga su clave a nadie."]),
        "loyalty": (["Sus puntos caducan el {d}"], ["Se descontaron {n} puntos por su premio."]),
        "game": (["La temporada termina el {d}"], ["Su cuenta perdió {n} puntos.", "Los tramposos son expulsados."]),
    },
    "pt": {
        "order": (["Pedido {o} enviado"], ["O seu pedido {o} saiu do armazém.", "A proteção ao comprador termina em {d}."]),
        "marketing": (["Última chance: {n}% de desconto"], ["Cupons válidos até {d}.", "Junte pontos a cada compra."]),
        "newsletter": (["Esta semana para vendedores"], ["{p} explica como funcionam os pontos de penalidade nas plataformas.", "Aula gratuita em {d}."]),
        "chat": (["Almoço em {d}?"], ["{p} pergunta se nos vemos em {d}.", "As amostras chegaram, {n} peças."]),
        "invoice": (["Fatura {n} de {d}"], ["Pague {m} EUR até {d}, por favor.", "Obrigado pela preferência."]),
        "marketplace": (["Removemos o seu anúncio"], ["Removemos o seu anúncio por violação de marca.", "Pode recorrer em {n} dias na sua conta."]),
        "traffic": (["Notificação de multa de trânsito"], ["Foram somados {n} pontos à sua carteira de motorista.", "Pode recorrer até {d}."]),
        "court": (["Audiência em {d}"], ["A audiência do processo de {p} será em {d}."]),
        "football": (["Clube recorre da perda de pontos"], ["O clube perdeu {n} pontos e vai recorrer até {d}.", "{p} falhou um pênalti."]),
        "bank": (["Extrato de {d}"], ["O seu saldo é de {m} EUR.", "Não diga a sua senha a ninguém."]),
        "loyalty": (["Os seus pontos expiram em {d}"], ["Foram descontados {n} pontos pelo seu prêmio."]),
        "game": (["A temporada termina em {d}"], ["A sua conta perdeu {n} pontos.", "Trapaceiros são banidos."]),
    },
    "fr": {
        "order": (["Commande {o} expédiée"], ["Votre commande {o} a quitté l'entrepôt.", "La protection de l'acheteur prend fin le {d}."]),
        "marketing": (["Dernière chance : {n} % de remise"], ["Coupons valables jusqu'au {d}.", "Gagnez des points à chaque achat."]),
        "newsletter": (["Cette semaine pour les vendeurs"], ["{p} explique les points de pénalité des plateformes.", "Atelier gratuit le {d}."]),
        "chat": (["On déjeune le {d} ?"], ["{p} demande si nous nous voyons le {d}.", "Les échantillons sont arrivés, {n} pièces."]),
        "invoice": (["Facture {n} du {d}"], ["Merci de régler {m} EUR avant le {d}.", "Merci de votre confiance."]),
        "marketplace": (["Nous avons retiré votre annonce"], ["Votre annonce a été retirée pour contrefaçon de marque.", "Vous pouvez faire appel sous {n} jours dans votre compte."]),
        "traffic": (["Avis de contravention"], ["{n} points ont été retirés de votre permis de conduire.", "Vous pouvez contester jusqu'au {d}."]),
        "court": (["Audience du {d}"], ["L'audience dans l'affaire {p} aura lieu le {d}."]),
        "football": (["Le club fait appel du retrait de points"], ["Le club a perdu {n} points et fera appel avant le {d}.", "{p} a manqué un pénalty."]),
        "bank": (["Relevé du {d}"], ["Votre solde est de {m} EUR.", "Ne donnez votre code à personne."]),
        "loyalty": (["Vos points expirent le {d}"], ["{n} points ont été déduits pour votre cadeau."]),
        "game": (["La saison se termine le {d}"], ["Votre compte a perdu {n} points.", "Les tricheurs sont bannis."]),
    },
    "tr": {
        "order": (["{o} numaralı sipariş kargoda"], ["{o} numaralı siparişiniz depodan çıktı.", "Alıcı koruması {d} tarihinde biter."]),
        "marketing": (["Son fırsat: %{n} indirim"], ["Kuponlar {d} tarihine kadar geçerli.", "Her alışverişte puan kazanın."]),
        "newsletter": (["Satıcılar için bu hafta"], ["{p} platformlarda ceza puanlarını anlatıyor.", "Ücretsiz seminer {d} tarihinde."]),
        "chat": (["{d} öğle yemeği?"], ["{p} {d} günü görüşür müyüz diye soruyor.", "Numuneler geldi, {n} adet."]),
        "invoice": (["{d} tarihli {n} numaralı fatura"], ["Lütfen {m} lirayı {d} tarihine kadar ödeyin.", "Teşekkür ederiz."]),
        "marketplace": (["Ürününüz kaldırıldı"], ["Marka ihlali nedeniyle ürününüzü kaldırdık.", "Hesabınızdan {n} gün içinde itiraz edebilirsiniz."]),
        "traffic": (["Trafik cezası bildirimi"], ["Ehliyetinize {n} ceza puanı eklendi.", "{d} tarihine kadar itiraz edebilirsiniz."]),
        "court": (["{d} tarihli duruşma"], ["{p} davasının duruşması {d} tarihinde yapılacak."]),
        "football": (["Kulüp puan silme cezasına itiraz ediyor"], ["Kulübün {n} puanı silindi.", "{p} penaltı kaçırdı."]),
        "bank": (["{d} tarihli ekstre"], ["Bakiyeniz {m} lira.", "Şifrenizi kimseye söylemeyin."]),
        "loyalty": (["Puanlarınız {d} tarihinde siliniyor"], ["Ödülünüz için {n} puan düşüldü."]),
        "game": (["Sezon {d} tarihinde bitiyor"], ["Hesabınız {n} puan kaybetti.", "Hile yapanlar yasaklanır."]),
    },
    "it": {
        "order": (["Ordine {o} spedito"], ["Il tuo ordine {o} ha lasciato il magazzino.", "La protezione dell'acquirente termina il {d}."]),
        "marketing": (["Ultima occasione: sconto del {n}%"], ["I buoni valgono fino al {d}.", "Raccogli punti a ogni acquisto."]),
        "newsletter": (["Questa settimana per i venditori"], ["{p} spiega i punti di penalità delle piattaforme.", "Seminario gratuito il {d}."]),
        "chat": (["Pranzo il {d}?"], ["{p} chiede se ci vediamo il {d}.", "Sono arrivati i campioni, {n} pezzi."]),
        "invoice": (["Fattura {n} del {d}"], ["Si prega di pagare {m} EUR entro il {d}.", "Grazie."]),
        "marketplace": (["Abbiamo rimosso la tua inserzione"], ["Inserzione rimossa per violazione di marchio.", "Puoi fare ricorso entro {n} giorni dal tuo account."]),
        "traffic": (["Verbale di infrazione stradale"], ["Sono stati decurtati {n} punti dalla patente.", "Il ricorso è possibile entro il {d}."]),
        "court": (["Udienza del {d}"], ["L'udienza nella causa {p} si terrà il {d}."]),
        "football": (["Il club ricorre contro la penalizzazione"], ["Il club è stato penalizzato di {n} punti.", "{p} ha sbagliato un rigore."]),
        "bank": (["Estratto conto del {d}"], ["Il saldo è di {m} EUR.", "Non comunicare il codice a nessuno."]),
        "loyalty": (["I tuoi punti scadono il {d}"], ["{n} punti sono stati detratti per il tuo premio."]),
        "game": (["La stagione finisce il {d}"], ["Il tuo account ha perso {n} punti.", "Chi bara viene bandito."]),
    },
    "de": {
        "order": (["Bestellung {o} versandt"], ["Ihre Bestellung {o} hat das Lager verlassen.", "Der Käuferschutz endet am {d}."]),
        "marketing": (["Letzte Chance: {n} % Rabatt"], ["Gutscheine gelten bis {d}.", "Sammeln Sie Punkte mit jedem Einkauf."]),
        "newsletter": (["Diese Woche für Händler"], ["{p} erklärt, wie Strafpunkte auf Plattformen wirken.", "Kostenloses Seminar am {d}."]),
        "chat": (["Mittagessen am {d}?"], ["{p} fragt, ob wir uns am {d} sehen.", "Die Muster sind da, {n} Stück."]),
        "invoice": (["Rechnung {n} vom {d}"], ["Bitte zahlen Sie {m} EUR bis {d}.", "Danach fällt eine Mahngebühr von {n} EUR an."]),
        "marketplace": (["Ihr Angebot wurde entfernt"], ["Wir haben Ihr Angebot wegen Markenverletzung entfernt.", "Sie können innerhalb von {n} Tagen in Ihrem Konto Einspruch einlegen."]),
        "traffic": (["Bußgeldbescheid"], ["Für Sie wurden {n} Punkte in Flensburg eingetragen.", "Einspruch ist bis {d} möglich."]),
        "court": (["Termin am {d}"], ["Die Verhandlung in der Sache {p} findet am {d} statt."]),
        "football": (["Verein legt Einspruch gegen Punktabzug ein"], ["Dem Verein wurden {n} Punkte abgezogen.", "{p} verschoss einen Strafstoß."]),
        "bank": (["Kontoauszug vom {d}"], ["Ihr Kontostand beträgt {m} EUR.", "Verraten Sie niemandem Ihre PIN."]),
        "loyalty": (["Ihre Punkte verfallen am {d}"], ["Für Ihre Prämie wurden {n} Punkte abgezogen."]),
        "game": (["Die Saison endet am {d}"], ["Ihr Konto hat {n} Punkte verloren.", "Wer betrügt, wird gesperrt."]),
    },
    "pl": {
        "order": (["Zamówienie {o} wysłane"], ["Twoje zamówienie {o} opuściło magazyn.", "Ochrona kupującego kończy się {d}."]),
        "marketing": (["Ostatnia szansa: {n}% rabatu"], ["Kupony ważne do {d}.", "Zbieraj punkty za każdy zakup."]),
        "newsletter": (["Ten tydzień dla sprzedawców"], ["{p} wyjaśnia, jak działają punkty karne na platformach.", "Bezpłatne szkolenie {d}."]),
        "chat": (["Obiad {d}?"], ["{p} pyta, czy widzimy się {d}.", "Próbki dotarły, {n} sztuk."]),
        "invoice": (["Faktura {n} z {d}"], ["Prosimy o zapłatę {m} zł do {d}.", "Dziękujemy."]),
        "marketplace": (["Usunęliśmy Twoją ofertę"], ["Oferta została usunięta z powodu naruszenia znaku towarowego.", "Możesz odwołać się w ciągu {n} dni na swoim koncie."]),
        "traffic": (["Mandat karny"], ["Przypisano {n} punktów karnych do prawa jazdy.", "Odwołanie jest możliwe do {d}."]),
        "court": (["Rozprawa {d}"], ["Rozprawa w sprawie {p} odbędzie się {d}."]),
        "football": (["Klub odwołuje się od odjęcia punktów"], ["Klubowi odjęto {n} punktów.", "{p} nie trafił z rzutu karnego."]),
        "bank": (["Wyciąg z {d}"], ["Saldo wynosi {m} zł.", "Nikomu nie podawaj hasła."]),
        "loyalty": (["Twoje punkty wygasną {d}"], ["Odjęto {n} punktów za nagrodę."]),
        "game": (["Sezon kończy się {d}"], ["Twoje konto straciło {n} punktów.", "Oszuści są blokowani."]),
    },
    "ko": {
        "order": (["주문 {o} 발송 완료"], ["주문 {o}이(가) 창고에서 출고되었습니다.", "구매자 보호는 {d}에 종료됩니다."]),
        "marketing": (["마지막 기회: {n}% 할인"], ["쿠폰은 {d}까지 사용할 수 있습니다.", "구매할 때마다 포인트가 쌓입니다."]),
        "newsletter": (["이번 주 판매자 소식"], ["{p} 님이 여러 플랫폼의 벌점 제도를 설명합니다.", "무료 강의는 {d}에 열립니다."]),
        "chat": (["{d}에 점심 어때요?"], ["{p} 씨가 {d}에 만날 수 있는지 묻네요.", "샘플 {n}개가 도착했습니다."]),
        "invoice": (["{d} 청구서 {n}번"], ["{d}까지 {m}원을 납부해 주십시오.", "감사합니다."]),
        "marketplace": (["상품이 판매 중지되었습니다"], ["상표권 침해로 본 몰의 상품이 판매 중지되었습니다.", "{n}일 이내에 판매자 센터에서 소명할 수 있습니다."]),
        "traffic": (["교통 위반 통지"], ["운전면허 벌점 {n}점이 부과되었습니다.", "{d}까지 이의를 신청할 수 있습니다."]),
        "court": (["{d} 변론 기일"], ["{p} 사건의 변론은 {d}에 열립니다."]),
        "football": (["구단, 승점 삭감에 항소"], ["구단은 승점 {n}점이 삭감되었습니다.", "{p} 선수가 페널티킥을 놓쳤습니다."]),
        "bank": (["{d} 거래 내역"], ["잔액은 {m}원입니다.", "비밀번호를 누구에게도 알리지 마십시오."]),
        "loyalty": (["포인트가 {d}에 소멸됩니다"], ["사은품 교환으로 {n}포인트가 차감되었습니다."]),
        "game": (["시즌이 {d}에 끝납니다"], ["계정의 점수가 {n}점 줄었습니다.", "부정행위자는 이용이 제한됩니다."]),
    },
}

PEOPLE = ("Maria", "Ivan", "Li Na", "Park", "Ayşe", "Jean", "Anna", "Carlos", "Schmidt", "Kowalski", "Rossi", "陈明")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Maker:
    """Makes mail after mail from one seed."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.paragraphs = self.read_paragraphs()

    @staticmethod
    def read_paragraphs():
        """Public text that is on every Debian: licences."""
        found = []
        for path in sorted(glob.glob("/usr/share/common-licenses/*")):
            with open(path, encoding="utf-8", errors="replace") as file:
                found += [" ".join(part.split()) for part in file.read().split("\n\n") if 80 < len(part) < 1200]
        return found

    def date(self):
        rng = self.rng
        day, month = rng.randrange(1, 29), rng.randrange(1, 13)
        return rng.choice((f"2026-{month:02}-{day:02}", f"{day:02}.{month:02}.2026", f"{day}/{month}/2026"))

    def fill(self, text):
        rng = self.rng
        return text.format(o=8000000000000000 + rng.randrange(10**15), n=rng.randrange(1, 60), p=rng.choice(PEOPLE),
                           m=f"{rng.randrange(5, 900)}.{rng.randrange(100):02}", d=self.date())

    def words(self, language, kind):
        rng = self.rng
        subjects, sentences = TEXTS[language][kind]
        lines = [self.fill(rng.choice(sentences)) for _ in range(rng.randrange(2, 6))]
        # Never in mail of the platform itself: whatever it writes of rights and terms to a seller is looked at.
        if rng.random() < 0.2 and kind != "order":
            lines.append(rng.choice(self.paragraphs))
        return self.fill(rng.choice(subjects)), lines

    def page(self, lines):
        cells = "".join(f"<tr><td style='padding:8px'>{line}</td></tr>" for line in lines)
        return f"<html><body><table>{cells}</table><a href='https://www.example.com/{self.rng.randrange(999)}'>www</a></body></html>"

    def mail(self, number):
        """One mail as bytes."""
        rng = self.rng
        language, kind = rng.choice(sorted(TEXTS)), rng.choice(sorted(SENDERS))
        name, domain, verified = rng.choice(SENDERS[kind])
        subject, lines = self.words(language, kind)
        is_html = rng.random() < 0.6
        body = (self.page(lines) if is_html else "\n\n".join(lines) + "\n").encode()
        transfer, data = (("base64", base64.encodebytes(body)) if rng.random() < 0.3
                          else ("quoted-printable", quopri.encodestring(body)))
        head = [f"Received: from mail.{domain} by mx.seller.example; 5 Mar 2026 10:00:00 +0800"]
        if verified:
            head.append(f"Authentication-Results: mx.seller.example; dkim=pass header.d={domain}; dmarc=pass header.from={domain}")
        head += [f"From: {name} <info@{domain}>", "To: seller@seller.example",
                 "Subject: " + email.header.Header(subject, "utf-8").encode(),
                 f"Date: {rng.randrange(1, 29)} {rng.choice(MONTHS)} 2026 {rng.randrange(24):02}:{rng.randrange(60):02}:00 +0100",
                 f"Message-ID: <{number}.{rng.getrandbits(60):x}@{domain}>", "MIME-Version: 1.0",
                 f"Content-Type: text/{'html' if is_html else 'plain'}; charset=utf-8",
                 f"Content-Transfer-Encoding: {transfer}"]
        return "\n".join(head).encode() + b"\n\n" + data


def write_mbox(path, count, seed=20260112):
    """Count mails as one mbox."""
    maker = Maker(seed)
    with open(path, "wb") as file:
        for number in range(count):
            file.write(b"From info@mail.example Mon Jan 12 09:00:00 2026\n")
            file.write(maker.mail(number).replace(b"\nFrom ", b"\n>From ").rstrip(b"\n") + b"\n\n")
