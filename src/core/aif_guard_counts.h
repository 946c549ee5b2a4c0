
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Words that say a number, a day of the week or a month, by language, in lower
 * case.  Only aif_guard_cardinal.c includes it.
 *
 *     N(text, value)    a cardinal: below 100, or a hundred's own (600)
 *     H(text, value)    the same; a word of another meaning elsewhere
 *     U(text, value)    the same; counts only before a unit
 *     P(text, value)    the beginning of a longer word only
 *     X(text, value)    multiplies what is before it
 *     J(text)           joins two cardinals
 *     A(text)           an article, "one" before a measure of time
 *     R(text)           behind it an article means "each"
 *     S(text), T(text)  goes on behind a cardinal in the same word: as a
 *                       measure of time, or otherwise
 *     F(text)           a half
 *     D(text, day)      1 is Monday; with "*" any ending
 *     M(text, month)
 */


#ifndef _AIF_GUARD_COUNTS_H_INCLUDED_
#define _AIF_GUARD_COUNTS_H_INCLUDED_


#define N(text, value)  { text, sizeof(text) - 1, AIF_COUNT_NUMBER, 0, value }
#define H(text, value)                                                        \
    { text, sizeof(text) - 1, AIF_COUNT_NUMBER, AIF_COUNT_HOME, value }
#define U(text, value)                                                        \
    { text, sizeof(text) - 1, AIF_COUNT_NUMBER,                               \
      AIF_COUNT_HOME | AIF_COUNT_MEASURE, value }
#define P(text, value)                                                        \
    { text, sizeof(text) - 1, AIF_COUNT_NUMBER,                               \
      AIF_COUNT_HOME | AIF_COUNT_PART, value }
#define X(text, value)                                                        \
    { text, sizeof(text) - 1, AIF_COUNT_TIMES, AIF_COUNT_HOME, value }
#define J(text)  { text, sizeof(text) - 1, AIF_COUNT_JOIN, AIF_COUNT_HOME, 0 }
#define A(text)                                                               \
    { text, sizeof(text) - 1, AIF_COUNT_ARTICLE, AIF_COUNT_HOME, 1 }
#define R(text)  { text, sizeof(text) - 1, AIF_COUNT_EACH, AIF_COUNT_HOME, 0 }
#define S(text)  { text, sizeof(text) - 1, AIF_COUNT_TAIL, AIF_COUNT_HOME, 1 }
#define T(text)  { text, sizeof(text) - 1, AIF_COUNT_TAIL, AIF_COUNT_HOME, 0 }
#define F(text)  { text, sizeof(text) - 1, AIF_COUNT_HALF, AIF_COUNT_HOME, 0 }
#define D(text, day)                                                          \
    { text, sizeof(text) - 1, AIF_COUNT_DAY, AIF_COUNT_HOME, day }
#define M(text, month)                                                        \
    { text, sizeof(text) - 1, AIF_COUNT_MONTH, AIF_COUNT_HOME, month }


static const aif_guard_count_t  aif_guard_counts_en[] = {
    N("zero", 0), N("one", 1), N("two", 2), N("three", 3), N("four", 4),
    N("five", 5), N("six", 6), N("seven", 7), N("eight", 8), N("nine", 9),
    N("ten", 10), N("eleven", 11), N("twelve", 12), N("thirteen", 13),
    N("fourteen", 14), N("fifteen", 15), N("sixteen", 16), N("seventeen", 17),
    N("eighteen", 18), N("nineteen", 19), N("twenty", 20), N("thirty", 30),
    N("forty", 40), N("fourty", 40), N("fifty", 50), N("sixty", 60),
    N("seventy", 70), N("eighty", 80), N("ninety", 90), N("fortnight", 14),
    X("hundred", 100), X("thousand", 1000), X("million", 1000000),
    X("dozen", 12), J("and"), A("a"), A("an"), R("once"), R("twice"),
    R("times"), R("time"), F("half"),
    D("monday", 1), D("mondays", 1), D("tuesday", 2), D("tuesdays", 2),
    D("wednesday", 3), D("wednesdays", 3), D("thursday", 4),
    D("thursdays", 4), D("friday", 5), D("fridays", 5), D("saturday", 6),
    D("saturdays", 6), D("sunday", 7), D("sundays", 7),
    D("mon", 1), D("tue", 2), D("tues", 2), D("wed", 3), D("thu", 4),
    D("thur", 4), D("thurs", 4), D("fri", 5), D("sat", 6), D("sun", 7),
    M("january", 1), M("february", 2), M("march", 3), M("april", 4),
    M("may", 5), M("june", 6), M("july", 7), M("august", 8),
    M("september", 9), M("october", 10), M("november", 11),
    M("december", 12), M("jan", 1), M("feb", 2), M("mar", 3), M("apr", 4),
    M("jun", 6), M("jul", 7), M("aug", 8), M("sep", 9), M("sept", 9),
    M("oct", 10), M("nov", 11), M("dec", 12)
};


static const aif_guard_count_t  aif_guard_counts_es[] = {
    N("cero", 0), N("uno", 1), N("dos", 2), N("tres", 3),
    N("cuatro", 4), N("cinco", 5), N("seis", 6), N("siete", 7), N("ocho", 8),
    N("nueve", 9), N("diez", 10), N("once", 11), N("doce", 12),
    N("trece", 13), N("catorce", 14), H("quince", 15), N("dieciséis", 16),
    N("dieciseis", 16), N("diecisiete", 17), N("dieciocho", 18),
    N("diecinueve", 19), N("veinte", 20), N("veintiuno", 21),
    N("veintiún", 21), N("veintiuna", 21), N("veintidós", 22),
    N("veintidos", 22), N("veintitrés", 23), N("veintitres", 23),
    N("veinticuatro", 24), N("veinticinco", 25), N("veintiséis", 26),
    N("veintiseis", 26), N("veintisiete", 27), N("veintiocho", 28),
    N("veintinueve", 29), N("treinta", 30), N("cuarenta", 40),
    N("cincuenta", 50), N("sesenta", 60), N("setenta", 70),
    N("ochenta", 80), N("noventa", 90), N("doscientos", 200),
    N("doscientas", 200), N("trescientos", 300), N("trescientas", 300),
    N("cuatrocientos", 400), N("cuatrocientas", 400), N("quinientos", 500),
    N("quinientas", 500), N("seiscientos", 600), N("seiscientas", 600),
    N("setecientos", 700), N("setecientas", 700), N("ochocientos", 800),
    N("ochocientas", 800), N("novecientos", 900), N("novecientas", 900),
    X("cien", 100), X("ciento", 100), X("mil", 1000), X("millón", 1000000),
    X("millones", 1000000), X("docena", 12), J("y"), A("un"), A("una"),
    F("mitad"),
    D("lunes", 1), D("martes", 2), D("miércoles", 3), D("jueves", 4),
    D("viernes", 5), D("sábado", 6), D("sábados", 6), D("domingo", 7),
    D("domingos", 7),
    M("enero", 1), M("febrero", 2), M("marzo", 3), M("abril", 4),
    M("mayo", 5), M("junio", 6), M("julio", 7), M("agosto", 8),
    M("septiembre", 9), M("setiembre", 9), M("octubre", 10),
    M("noviembre", 11), M("diciembre", 12)
};


static const aif_guard_count_t  aif_guard_counts_fr[] = {
    N("zéro", 0), N("deux", 2), N("trois", 3), N("quatre", 4), N("cinq", 5),
    N("six", 6), N("sept", 7), N("huit", 8), U("neuf", 9), N("dix", 10),
    N("onze", 11), N("douze", 12), N("treize", 13), N("quatorze", 14),
    N("quinze", 15), H("seize", 16), N("vingt", 20), N("vingts", 20),
    N("trente", 30), N("quarante", 40), N("cinquante", 50),
    N("soixante", 60), N("septante", 70), N("huitante", 80),
    N("octante", 80), N("nonante", 90), N("quinzaine", 15),
    X("cent", 100), X("cents", 100), X("mille", 1000),
    X("million", 1000000), X("millions", 1000000), X("douzaine", 12),
    J("et"), A("un"), A("une"), F("moitié"), F("demi"), F("demie"),
    D("lundi", 1), D("lundis", 1), D("mardi", 2), D("mardis", 2),
    D("mercredi", 3), D("mercredis", 3), D("jeudi", 4), D("jeudis", 4),
    D("vendredi", 5), D("vendredis", 5), D("samedi", 6), D("samedis", 6),
    D("dimanche", 7), D("dimanches", 7),
    M("janvier", 1), M("février", 2), M("mars", 3), M("avril", 4),
    M("mai", 5), M("juin", 6), M("juillet", 7), M("août", 8), M("aout", 8),
    M("septembre", 9), M("octobre", 10), M("novembre", 11),
    M("décembre", 12)
};


static const aif_guard_count_t  aif_guard_counts_de[] = {
    N("null", 0), N("eins", 1), P("ein", 1), N("zwei", 2), N("drei", 3),
    N("vier", 4), N("fünf", 5), N("sechs", 6), N("sieben", 7), N("acht", 8),
    N("neun", 9), N("zehn", 10), N("elf", 11), N("zwölf", 12),
    N("dreizehn", 13), N("vierzehn", 14), N("fünfzehn", 15),
    N("sechzehn", 16), N("siebzehn", 17), N("achtzehn", 18),
    N("neunzehn", 19), N("zwanzig", 20), N("dreißig", 30),
    N("dreissig", 30), N("vierzig", 40), N("fünfzig", 50),
    N("sechzig", 60), N("siebzig", 70), N("achtzig", 80), N("neunzig", 90),
    N("fuenf", 5), N("zwoelf", 12), N("fuenfzehn", 15), N("fuenfzig", 50),
    X("hundert", 100), X("tausend", 1000), X("million", 1000000),
    X("millionen", 1000000), X("dutzend", 12), J("und"), A("ein"),
    A("eine"), A("einem"), A("einen"), A("einer"), A("eines"), S("tägig"),
    S("wöchig"), S("monatig"), S("jährig"), S("stündig"), S("minütig"),
    T("fach"), T("mal"), T("teilig"), F("hälfte"), F("halb"), F("halbe"),
    F("halben"), F("halber"), F("halbes"),
    D("montag", 1), D("montags", 1), D("dienstag", 2), D("dienstags", 2),
    D("mittwoch", 3), D("mittwochs", 3), D("donnerstag", 4),
    D("donnerstags", 4), D("freitag", 5), D("freitags", 5),
    D("samstag", 6), D("samstags", 6), D("sonnabend", 6), D("sonntag", 7),
    D("sonntags", 7), D("mo", 1), D("di", 2), D("mi", 3), D("fr", 5),
    M("januar", 1), M("jänner", 1), M("februar", 2), M("märz", 3),
    M("april", 4), M("mai", 5), M("juni", 6), M("juli", 7),
    M("august", 8), M("september", 9), M("oktober", 10),
    M("november", 11), M("dezember", 12)
};


static const aif_guard_count_t  aif_guard_counts_it[] = {
    N("zero", 0), U("uno", 1), N("due", 2), N("tre", 3), N("tré", 3),
    N("quattro", 4), N("cinque", 5), U("sei", 6), H("sette", 7),
    N("otto", 8), N("nove", 9), N("dieci", 10), N("undici", 11),
    N("dodici", 12), N("tredici", 13), N("quattordici", 14),
    N("quindici", 15), N("sedici", 16), N("diciassette", 17),
    N("diciotto", 18), N("diciannove", 19), H("venti", 20), P("vent", 20),
    N("trenta", 30), P("trent", 30), N("quaranta", 40), P("quarant", 40),
    N("cinquanta", 50), P("cinquant", 50), N("sessanta", 60),
    P("sessant", 60), N("settanta", 70), P("settant", 70),
    N("ottanta", 80), P("ottant", 80), N("novanta", 90), P("novant", 90),
    X("cento", 100), X("mille", 1000), X("mila", 1000),
    X("milione", 1000000), X("milioni", 1000000), X("dozzina", 12),
    A("un"), A("una"), F("metà"),
    D("lunedì", 1), D("martedì", 2), D("mercoledì", 3), D("giovedì", 4),
    D("venerdì", 5), D("sabato", 6), D("domenica", 7),
    M("gennaio", 1), M("febbraio", 2), M("marzo", 3), M("aprile", 4),
    M("maggio", 5), M("giugno", 6), M("luglio", 7), M("agosto", 8),
    M("settembre", 9), M("ottobre", 10), M("novembre", 11),
    M("dicembre", 12)
};


static const aif_guard_count_t  aif_guard_counts_pt[] = {
    N("zero", 0), N("dois", 2), N("duas", 2), N("três", 3), N("quatro", 4),
    N("cinco", 5), N("seis", 6), N("sete", 7), N("oito", 8), N("nove", 9),
    N("dez", 10), N("onze", 11), N("doze", 12), N("treze", 13),
    N("catorze", 14), N("quatorze", 14), N("quinze", 15),
    N("dezesseis", 16), N("dezasseis", 16), N("dezessete", 17),
    N("dezassete", 17), N("dezoito", 18), N("dezenove", 19),
    N("dezanove", 19), N("vinte", 20), N("trinta", 30), N("quarenta", 40),
    N("cinquenta", 50), N("cinqüenta", 50), N("sessenta", 60),
    N("setenta", 70), N("oitenta", 80), N("noventa", 90),
    N("duzentos", 200), N("duzentas", 200), N("trezentos", 300),
    N("trezentas", 300), N("quatrocentos", 400), N("quatrocentas", 400),
    N("quinhentos", 500), N("quinhentas", 500), N("seiscentos", 600),
    N("seiscentas", 600), N("setecentos", 700), N("setecentas", 700),
    N("oitocentos", 800), N("oitocentas", 800), N("novecentos", 900),
    N("novecentas", 900), N("quinzena", 15), X("cem", 100),
    X("cento", 100), X("mil", 1000), X("milhão", 1000000),
    X("milhões", 1000000), X("dúzia", 12), J("e"), A("um"), A("uma"),
    F("metade"),
    D("segunda-feira", 1), D("terça-feira", 2), D("quarta-feira", 3),
    D("quinta-feira", 4), D("sexta-feira", 5), D("sábado", 6),
    D("sábados", 6), D("domingo", 7), D("domingos", 7),
    M("janeiro", 1), M("fevereiro", 2), M("março", 3), M("abril", 4),
    M("maio", 5), M("junho", 6), M("julho", 7), M("agosto", 8),
    M("setembro", 9), M("outubro", 10), M("novembro", 11),
    M("dezembro", 12)
};


static const aif_guard_count_t  aif_guard_counts_nl[] = {
    N("nul", 0), N("één", 1), P("een", 1), N("twee", 2), N("drie", 3),
    N("vier", 4), N("vijf", 5), N("zes", 6), N("zeven", 7), N("acht", 8),
    N("negen", 9), N("tien", 10), N("elf", 11), N("twaalf", 12),
    N("dertien", 13), N("veertien", 14), N("vijftien", 15),
    N("zestien", 16), N("zeventien", 17), N("achttien", 18),
    N("negentien", 19), N("twintig", 20), N("dertig", 30),
    N("veertig", 40), N("vijftig", 50), N("zestig", 60),
    N("zeventig", 70), N("tachtig", 80), N("negentig", 90),
    X("honderd", 100), X("duizend", 1000), X("miljoen", 1000000),
    X("dozijn", 12), J("en"), J("ën"), A("een"), S("daags"), S("weeks"),
    S("maands"), S("jarig"), S("uurs"), T("voudig"), T("maal"),
    T("delig"), F("helft"), F("half"), F("halve"),
    D("maandag", 1), D("maandags", 1), D("dinsdag", 2), D("woensdag", 3),
    D("donderdag", 4), D("vrijdag", 5), D("zaterdag", 6), D("zondag", 7),
    M("januari", 1), M("februari", 2), M("maart", 3), M("april", 4),
    M("mei", 5), M("juni", 6), M("juli", 7), M("augustus", 8),
    M("september", 9), M("oktober", 10), M("november", 11),
    M("december", 12)
};


static const aif_guard_count_t  aif_guard_counts_ru[] = {
    N("ноль", 0), N("два", 2), N("две", 2), N("двух", 2), N("двум", 2),
    N("двумя", 2), N("три", 3), N("трех", 3), N("трёх", 3), N("трем", 3),
    N("трём", 3), N("тремя", 3), N("четыре", 4), N("четырех", 4),
    N("четырёх", 4), N("пять", 5), N("пяти", 5), N("пятью", 5),
    N("шесть", 6), N("шести", 6), N("семь", 7), N("семи", 7),
    N("восемь", 8), N("восьми", 8), N("девять", 9), N("девяти", 9),
    N("десять", 10), N("десяти", 10), N("одиннадцать", 11),
    N("одиннадцати", 11), N("двенадцать", 12), N("двенадцати", 12),
    N("тринадцать", 13), N("тринадцати", 13), N("четырнадцать", 14),
    N("четырнадцати", 14), N("пятнадцать", 15), N("пятнадцати", 15),
    N("шестнадцать", 16), N("шестнадцати", 16), N("семнадцать", 17),
    N("семнадцати", 17), N("восемнадцать", 18), N("восемнадцати", 18),
    N("девятнадцать", 19), N("девятнадцати", 19), N("двадцать", 20),
    N("двадцати", 20), N("тридцать", 30), N("тридцати", 30),
    N("сорок", 40), N("сорока", 40), N("пятьдесят", 50),
    N("пятидесяти", 50), N("шестьдесят", 60), N("шестидесяти", 60),
    N("семьдесят", 70), N("семидесяти", 70), N("восемьдесят", 80),
    N("восьмидесяти", 80), N("девяносто", 90), N("девяноста", 90),
    N("двести", 200), N("двухсот", 200), N("триста", 300),
    N("четыреста", 400), N("пятьсот", 500), X("сто", 100), X("ста", 100),
    X("тысяча", 1000), X("тысячи", 1000), X("тысяч", 1000),
    X("миллион", 1000000), X("миллиона", 1000000), X("дюжина", 12),
    A("один"), A("одного"), A("одну"), A("одной"), A("одна"),
    S("дневн"), S("недельн"), S("месячн"), S("летн"), S("годичн"),
    S("часов"), S("минутн"), T("кратн"), T("процентн"), F("половина"),
    F("половину"), F("половины"), F("полцены"),
    D("понедельник*", 1), D("вторник*", 2), D("среда", 3), D("среду", 3),
    D("среды", 3), D("четверг*", 4), D("пятниц*", 5), D("суббот*", 6),
    D("воскресень*", 7),
    M("январ*", 1), M("феврал*", 2), M("март", 3), M("марта", 3),
    M("марте", 3), M("апрел*", 4), M("май", 5), M("мая", 5), M("мае", 5),
    M("июн*", 6), M("июл*", 7), M("август*", 8), M("сентябр*", 9),
    M("октябр*", 10), M("ноябр*", 11), M("декабр*", 12)
};


static const aif_guard_count_t  aif_guard_counts_ar[] = {
    N("صفر", 0), N("اثنان", 2), N("اثنين", 2), N("اثنتان", 2),
    N("اثنتين", 2), N("اثنا", 2), N("اثني", 2), N("اثنتا", 2),
    N("اثنتي", 2), N("ثلاث", 3), N("ثلاثة", 3), N("أربع", 4),
    N("أربعة", 4), N("خمس", 5), N("خمسة", 5), N("ست", 6), N("ستة", 6),
    N("سبع", 7), N("سبعة", 7), N("ثمان", 8), N("ثماني", 8),
    N("ثمانية", 8), N("تسع", 9), N("تسعة", 9), N("عشر", 10),
    N("عشرة", 10), N("أحد", 1), N("إحدى", 1), N("عشرون", 20),
    N("عشرين", 20), N("ثلاثون", 30), N("ثلاثين", 30), N("أربعون", 40),
    N("أربعين", 40), N("خمسون", 50), N("خمسين", 50), N("ستون", 60),
    N("ستين", 60), N("سبعون", 70), N("سبعين", 70), N("ثمانون", 80),
    N("ثمانين", 80), N("تسعون", 90), N("تسعين", 90), N("مئتان", 200),
    N("مئتي", 200), N("مائتي", 200), X("مئة", 100), X("مائة", 100),
    X("ألف", 1000), X("آلاف", 1000), X("مليون", 1000000),
    N("يومين", 2), N("يومان", 2), N("أسبوعين", 2), N("أسبوعان", 2),
    N("شهرين", 2), N("شهران", 2), N("عامين", 2), N("عامان", 2),
    N("سنتين", 2), N("سنتان", 2), N("ساعتين", 2), N("ساعتان", 2),
    F("نصف"),
    D("الاثنين", 1), D("الإثنين", 1), D("الثلاثاء", 2),
    D("الأربعاء", 3), D("الخميس", 4), D("الجمعة", 5), D("السبت", 6),
    D("الأحد", 7),
    M("يناير", 1), M("فبراير", 2), M("مارس", 3), M("أبريل", 4),
    M("إبريل", 4), M("مايو", 5), M("يونيو", 6), M("يوليو", 7),
    M("أغسطس", 8), M("سبتمبر", 9), M("أكتوبر", 10), M("نوفمبر", 11),
    M("ديسمبر", 12)
};


/* Chinese and Japanese: what is not made of numerals */

static const aif_guard_count_t  aif_guard_counts_zh[] = {
    F("一半"), F("半价"), F("半價"), F("半年"), F("半个月"), F("半個月"),
    F("半天"), F("半小时"), F("半小時"), F("半额"), F("半額"),
    D("月曜", 1), D("火曜", 2), D("水曜", 3), D("木曜", 4), D("金曜", 5),
    D("土曜", 6), D("日曜", 7),
    D("星期一", 1), D("星期二", 2), D("星期三", 3), D("星期四", 4),
    D("星期五", 5), D("星期六", 6), D("星期日", 7), D("星期天", 7),
    D("周一", 1), D("周二", 2), D("周三", 3), D("周四", 4), D("周五", 5),
    D("周六", 6), D("周日", 7), D("週一", 1), D("週二", 2), D("週三", 3),
    D("週四", 4), D("週五", 5), D("週六", 6), D("週日", 7),
    D("礼拜一", 1), D("礼拜二", 2), D("礼拜三", 3), D("礼拜四", 4),
    D("礼拜五", 5), D("礼拜六", 6), D("礼拜天", 7)
};


static const aif_guard_count_t  aif_guard_counts_ko[] = {
    N("하나", 1), N("둘", 2), N("셋", 3), N("넷", 4), U("한", 1), U("두", 2),
    U("세", 3), U("네", 4), N("다섯", 5), N("여섯", 6), N("일곱", 7),
    N("여덟", 8), N("아홉", 9), U("열", 10), N("스무", 20), N("스물", 20),
    N("서른", 30), N("마흔", 40), U("쉰", 50), N("예순", 60), N("일흔", 70),
    N("여든", 80), N("아흔", 90), N("이틀", 2), N("사흘", 3), N("나흘", 4),
    N("닷새", 5), N("엿새", 6), N("열흘", 10), N("보름", 15), F("절반"),
    F("반값"),
    D("월요일", 1), D("화요일", 2), D("수요일", 3), D("목요일", 4),
    D("금요일", 5), D("토요일", 6), D("일요일", 7)
};


#undef N
#undef H
#undef U
#undef P
#undef X
#undef J
#undef A
#undef R
#undef S
#undef T
#undef F
#undef D
#undef M


#endif /* _AIF_GUARD_COUNTS_H_INCLUDED_ */
