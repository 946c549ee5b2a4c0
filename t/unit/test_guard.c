
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The fact lock: honest translations pass, planted wrong facts don't, and the
 * fault says which fact.  cases/guard/ has
 *
 *     honest.tsv     pairs that must pass
 *     planted.tsv    the same with one wrong fact each, and the fault
 *     apertium.tsv   what Apertium makes of plain shop sentences, judged by a
 *                    reader: "honest", or what is wrong with it
 *     shop.tsv       short texts full of facts, freely translated into many
 *                    languages: here the lock is seen to reject some
 *
 * and ../shared/data (AIF_DATA) people's translations.  Every text sits in an
 * allocation of its own size, so that a byte too far is noticed.
 */


#include "core/aif_guard.h"
#include "core/aif_guard_facts.h"
#include "core/aif_guard_words.h"
#include "core/aif_utf8.h"
#include "tap.h"


#define GUARD_CASES      "t/unit/cases/guard/"
#define GUARD_MAX_LINE   8192
#define GUARD_PERCENT    3           /* false rejections, at most */


typedef struct {
    const char  *locales;            /* "en es" */
    const char  *source;
    const char  *target;
    const char  *fault;              /* NULL: none */
    const char  *fact;               /* what it says; NULL: not asked */
} guard_case_t;


typedef struct {
    const char              *locale;
    const aif_guard_word_t  *words;
    size_t                   n;
} guard_table_t;


static const guard_case_t  cases[] = {

    /* numbers: separators are the locale's, digits are not */

    { "en es", "1,299 pieces", "1.299 piezas", NULL, NULL },
    { "en es", "1,299 pieces", "1299 piezas", NULL, NULL },
    { "en es", "1,299 pieces", "1 299 piezas", NULL, NULL },
    { "en es", "1,299 pieces", "1\xc2\xa0""299 piezas", NULL, NULL },
    { "en es", "1,299 pieces", "1\xe2\x80\xaf""299 piezas", NULL, NULL },
    { "en es", "1,299 pieces", "1,299 piezas", "number", "1,299" },
    { "en es-MX", "1,299 pieces", "1,299 piezas", NULL, NULL },
    { "en es-MX", "1,299 pieces", "1.299 piezas", "number", "1,299" },
    { "en de-CH", "1,299.5 pieces", "1\xe2\x80\x99""299.5 St\xc3\xbc""ck", NULL,
      NULL },
    { "en de-CH", "1,299 pieces", "1'299 St\xc3\xbc""ck", NULL, NULL },
    { "de-CH en", "1'299 Stuck", "1,299 pieces", NULL, NULL },
    { "en ar-EG", "1,299.5 pieces",
      "\xd9\xa1\xd9\xac\xd9\xa2\xd9\xa9\xd9\xa9\xd9\xab\xd9\xa5 \xd9\x82",
      NULL, NULL },
    { "en hi", "45 things", "\xe0\xa5\xaa\xe0\xa5\xab \xe0\xa4\x9a", NULL,
      NULL },
    { "en hi", "45 things", "\xe0\xa5\xaa\xe0\xa5\xac \xe0\xa4\x9a", "number",
      "45" },
    { "en es", "1,299.50 pieces", "1,299.50 piezas", NULL, NULL },
    { "en es", "1,299,000 pieces", "1.299.000 piezas", NULL, NULL },
    { "en es", "1,299,000 pieces", "1 299 000 piezas", NULL, NULL },
    { "en-IN de", "1,00,000 pieces", "100.000 Stuck", NULL, NULL },
    { "en es", "3.5 stars", "3,5 estrellas", NULL, NULL },
    { "en es", "3.5 stars", "3.5 estrellas", NULL, NULL },
    { "en es", "3.5 stars", "35 estrellas", "number", "3.5" },
    { "en es", "3.50 stars", "3,5 estrellas", NULL, NULL },
    { "en es", "0.125 stars", "0,125 estrellas", NULL, NULL },
    { "en es", ".5 stars", "0,5 estrellas", NULL, NULL },
    { "en es", "number 0800", "numero 800", "number", "0800" },
    { "en es", "number 05", "numero 5", NULL, NULL },
    { "en es", "version 1.2.3", "version 1.2.3", NULL, NULL },
    { "en es", "version 1.2.345", "version 1.2.345", NULL, NULL },
    { "en es", "version 1.2.3", "version 1.2.4", "number", NULL },
    { "en es", "number 1234567890123456789012", "numero "
      "1234567890123456789012", NULL, NULL },
    { "en es", "number 1234567890123456789012", "numero "
      "1234567890123456789013", "code", "1234567890123456789012" },
    { "en es", "18446744073709551617 units", "1 unidades", "code", NULL },
    { "en es", "2 500 ml bottles", "2 botellas de 500 ml", NULL, NULL },
    { "en fr", "10,000 km", "10 000 km", NULL, NULL },
    { "en fr", "10,000 km", "10 001 km", "number", "10,000 km" },
    { "fr en", "10 000 km", "10,000 km", NULL, NULL },
    { "fr en", "10 000 km", "10 km, 0", "unit", NULL },
    { "en es", "5 and 5 shoes", "5 zapatos", "number", "5" },
    { "en es", "5 shoes", "5 y 5 zapatos", "number", "5" },

    /* words for numbers */

    { "en es", "2-year warranty", "dos a\xc3\xb1os de garantia", NULL, NULL },
    { "en es", "two-year warranty", "2 a\xc3\xb1os de garantia", NULL, NULL },
    { "en es", "2-year warranty", "tres a\xc3\xb1os de garantia", "number",
      "2-year" },
    { "en es", "2 pockets and two zips", "bolsillos y dos cremalleras",
      "number", "2" },
    { "en es", "1-year warranty", "un a\xc3\xb1o de garantia", NULL, NULL },
    { "en es", "1 charger", "un cargador", "number", "1" },
    { "en es", "2 kg bag", "bolsa de dos kg", "number", "2 kg" },
    { "en es", "$2 bag", "bolsa de dos $", "number", NULL },
    { "en de", "Your 1st order", "Ihre erste Bestellung", NULL, NULL },
    { "en de", "Your 1st order", "Ihre zweite Bestellung", "number", "1st" },
    { "en zh-CN", "2-year warranty", "\xe4\xb8\xa4\xe5\xb9\xb4\xe8\xb4\xa8",
      NULL, NULL },
    { "en zh-CN", "10,000 pieces", "1\xe4\xb8\x87\xe4\xbb\xb6", NULL, NULL },
    { "en zh-CN", "10,000 pieces", "2\xe4\xb8\x87\xe4\xbb\xb6", "number",
      NULL },
    { "en zh-CN", "1.5 million pieces", "150\xe4\xb8\x87\xe4\xbb\xb6", NULL,
      NULL },
    { "en es", "1.5 million pieces", "1,5 millones de piezas", NULL, NULL },

    /* currencies */

    { "en es", "only $50", "solo 50 $", NULL, NULL },
    { "en es", "only $50", "solo 50 d\xc3\xb3lares", NULL, NULL },
    { "en es", "only $50", "solo US$ 50", NULL, NULL },
    { "en es", "only USD 50", "solo 50 USD", NULL, NULL },
    { "en es", "only US$50", "solo 50 USD", NULL, NULL },
    { "en es", "only US$50", "solo 50 $", "currency", "US$50" },
    { "en-AU es", "only $50", "solo 50 USD", "currency", "$50" },
    { "es-MX en", "solo $50", "only US$50", "currency", "$50" },
    { "en es", "only $50", "solo 50 \xe2\x82\xac", "currency", "$50" },
    { "en es", "only $50", "solo 50", "currency", "$50" },
    { "en es", "only 50", "solo 50 $", "currency", "50 $" },
    { "en es", "$50 or \xe2\x82\xac""40", "50 \xe2\x82\xac o 40 $", "currency",
      NULL },
    { "en es", "50 euros only", "solo 50 \xe2\x82\xac", NULL, NULL },
    { "en es", "50 euros only", "solo 50 EUR", NULL, NULL },
    { "en es", "50 euros only", "solo 50", "currency", "50 euros" },
    { "en pl", "50 dollars only", "tylko 50 dolar\xc3\xb3w", NULL, NULL },
    { "en es", "$10-20 only", "solo 10-20 $", NULL, NULL },
    { "en es", "$10 - $20 only", "solo 10 - 20 $", NULL, NULL },
    { "en es", "Save $<g1>50</g1>", "Ahorra <g1>50 $</g1>", NULL, NULL },
    { "en es", "Save $<g1>50</g1>", "Ahorra <g1>50</g1>", "currency", NULL },
    { "en es", "prices in $", "precios en $", NULL, NULL },
    { "en es", "prices in $", "precios en \xe2\x82\xac", "currency", "$" },
    { "en es", "$5 million", "5 millones de $", NULL, NULL },
    { "ja en", "\xe7\xb4\x84""500\xe5\x86\x86", "about \xc2\xa5""500", NULL,
      NULL },
    { "ja zh-CN", "\xe7\xb4\x84\xc2\xa5""500", "\xe7\xba\xa6 500 "
      "\xe5\x85\x83", "currency", NULL },
    { "en zh-CN", "about \xc2\xa5""500", "\xe7\xba\xa6 500 \xe5\x85\x83", NULL,
      NULL },
    { "sv en", "499 kr idag", "SEK 499 today", NULL, NULL },
    { "en es", "$50 USD only", "solo 50 USD", NULL, NULL },
    { "en es", "only -$5", "solo -5 $", NULL, NULL },
    { "en es", "only -$5", "solo 5 $", "number", "-$5" },

    /* units */

    { "en de", "A 15-inch screen", "Ein 15-Zoll-Bildschirm", NULL, NULL },
    { "en fr", "A 15\" screen", "Un \xc3\xa9""cran de 15 pouces", NULL, NULL },
    { "en es", "A 15 in. screen", "Pantalla de 15 pulgadas", NULL, NULL },
    { "en es", "Only 5 in stock", "Solo 5 en stock", NULL, NULL },
    { "en es", "A 2-in-1 tool", "Herramienta 2 en 1", NULL, NULL },
    { "en es", "The \"Model 15\" lamp", "La lampara \xc2\xabModelo 15\xc2\xbb",
      NULL, NULL },
    { "en es", "The \xe2\x80\x9cModel 15\xe2\x80\x9d lamp",
      "La lampara \"Modelo 15\"", NULL, NULL },
    { "en es", "30 x 40 cm wide", "30 cm x 40 cm de ancho", NULL, NULL },
    { "en es", "10-15 kg bags", "bolsas de 10 kg - 15 kg", NULL, NULL },
    { "en es", "500g bag", "bolsa de 500 gramos", NULL, NULL },
    { "en es", "500 g bag", "bolsa de 500 mg", "unit", "500 g" },
    { "en es", "500 g bag", "bolsa de 500", "unit", "500 g" },
    { "en es", "bag of 500", "bolsa de 500 g", "unit", "500 g" },
    { "en es", "24h delivery", "entrega en 24 horas", NULL, NULL },
    { "en es", "24 hours delivery", "entrega en 24 h", NULL, NULL },
    { "en es", "24 hours delivery", "entrega en 24 minutos", "unit",
      "24 hours" },
    { "en pl", "24h delivery", "dostawa 24 godziny", NULL, NULL },
    { "en pl", "24h delivery", "dostawa 24", "unit", "24h" },
    { "en zh-CN", "12 months", "12\xe4\xb8\xaa\xe6\x9c\x88", NULL, NULL },
    { "en es", "25 m2 room", "sala de 25 m\xc2\xb2", NULL, NULL },
    { "en es", "25 m2 room", "sala de 25 m\xc2\xb3", "unit", "25 m2" },
    { "en es", "5 km/h", "5 km /h", NULL, NULL },
    { "en es", "100 Mbit/s line", "linea de 100 MB/s", "unit", "100 Mbit/s" },
    { "en es", "30 \xc2\xb0""C wash", "lavado a 30 grados Celsius", NULL,
      NULL },
    { "en es", "50 per cent off", "50 % de descuento", NULL, NULL },
    { "en zh-CN", "50% off", "\xe4\xbc\x98\xe6\x83\xa0\xe7\x99\xbe\xe5\x88\x86"
      "\xe4\xb9\x8b""50", NULL, NULL },
    { "en tr", "50% off", "%50 indirim", NULL, NULL },
    { "en tr", "50% off", "50 indirim", "unit", "50%" },
    { "en es", "90s style", "estilo de los 90", NULL, NULL },
    { "en es", "10x zoom", "zoom de 10 aumentos", NULL, NULL },
    { "en ru", "A 15-inch screen", "\xd0\xad\xd0\xba\xd1\x80\xd0\xb0\xd0\xbd "
      "15 \xd0\xb4\xd1\x8e\xd0\xb9\xd0\xbc\xd0\xbe\xd0\xb2", NULL, NULL },
    { "en es", "<g1>50</g1> cm", "<g1>50 cm</g1> ancho", NULL, NULL },

    /* fractions, dates, hours */

    { "en es", "1/2 inch", "\xc2\xbd pulgada", NULL, NULL },
    { "en es", "1 1/2 cups", "1\xc2\xbd tazas", NULL, NULL },
    { "en es", "1/2 inch", "2/1 pulgada", "number", "1/2 inch" },
    { "en es", "Support 24/7", "Ayuda 24 horas los 7 dias", NULL, NULL },
    { "en tr", "Support 24/7", "Destek 7/24", "number", "24/7" },
    { "en de", "by 05/12/2024", "bis 12.05.2024", NULL, NULL },
    { "en de", "by 05/12/2024", "bis 05.12.2024", NULL, NULL },
    { "en-US de", "by 05/12/2024", "bis 05.12.2024", "number", "05/12/2024" },
    { "en-GB de", "by 05/12/2024", "bis 05.12.2024", NULL, NULL },
    { "en-GB en-US", "by 05/12/2024", "by 12/05/2024", NULL, NULL },
    { "en-GB en-US", "by 05/12/2024", "by 05/12/2024", "number", NULL },
    { "en de", "by 2024-05-12", "bis 12. Mai 2024", NULL, NULL },
    { "en de", "by 2024-05-12", "bis 12. Juni 2024", "number", NULL },
    { "en-US es", "by 05/12/2024", "hasta el 12 de mayo de 2024", NULL, NULL },
    { "en es", "by 05/12/2024", "hasta el 5 de diciembre de 2024", NULL,
      NULL },
    { "en es", "by 05/12/2024", "hasta el 6 de diciembre de 2024", "number",
      NULL },
    { "en zh-CN", "every May", "\xe6\xaf\x8f\xe5\xb9\xb4""5\xe6\x9c\x88",
      NULL, NULL },
    { "en zh-CN", "every June", "\xe6\xaf\x8f\xe5\xb9\xb4""5\xe6\x9c\x88",
      "number", NULL },
    { "en pl", "May 12", "12 maja", NULL, NULL },
    { "en es", "up to 5 may be sold", "se venden hasta 5", NULL, NULL },
    { "en de", "until 5 pm", "bis 17 Uhr", NULL, NULL },
    { "en de", "until 5:00 p.m.", "bis 17 Uhr", NULL, NULL },
    { "en fr", "until 5:30 pm", "jusqu'\xc3\xa0 17h30", NULL, NULL },
    { "en de", "until 5 pm", "bis 18 Uhr", "number", "5 pm" },
    { "en de", "from 12 am", "ab 0 Uhr", NULL, NULL },
    { "en es", "2-digit year 31/12/24", "31/12/2024 de dos cifras", NULL,
      NULL },

    /* signs */

    { "en es", "at -5 degrees", "a \xe2\x88\x92""5 grados", NULL, NULL },
    { "en es", "at -5 degrees", "a 5 grados", "number", "-5 degrees" },
    { "en de", "at -5 degrees", "bei minus 5 Grad", NULL, NULL },
    { "en es", "10-15 pieces", "de 10 a 15 piezas", NULL, NULL },
    { "en es", "10 -15 pieces", "de 10 a 15 piezas", NULL, NULL },
    { "en es", "<g1>10</g1>-15 pieces", "de <g1>10</g1> a 15 piezas", NULL,
      NULL },
    { "en es", "\xe2\x82\xac""5-\xe2\x82\xac""10 each",
      "de 5 a 10 \xe2\x82\xac por pieza", NULL, NULL },
    { "en ja", "$5 to $10 each", "5\xe3\x81\x8b\xe3\x82\x89""10\xe3\x83\x89"
      "\xe3\x83\xab", NULL, NULL },
    { "en de", "10 cm to 15 cm", "10 bis 15 cm", NULL, NULL },
    { "en de", "10 cm to 15 cm", "10 bis 15", "unit", "10 cm" },
    { "en es", "5\xe2\x82\xac-10\xe2\x82\xac each",
      "de 5 \xe2\x82\xac a 10 \xe2\x82\xac", NULL, NULL },
    { "fr en", "le caf\xc3\xa9-5", "the coffee-5", NULL, NULL },
    { "en zh-CN", "at -5 degrees", "\xe6\xb8\xa9\xe5\xba\xa6-5\xe5\xba\xa6",
      NULL, NULL },

    /* codes */

    { "en es", "Type AB-1234/X", "Tipo AB-1234/X", NULL, NULL },
    { "en es", "Type WH-1000XM4s", "Tipo WH-1000XM4", NULL, NULL },
    { "en es", "Type AB-1234/X", "Tipo AB-1234/Y", "code", "AB-1234/X" },
    { "en es", "4K and 5G", "4K y 5G", NULL, NULL },
    { "en es", "4K and 5G", "4K y 4G", "code", "5G" },
    { "en es", "size 3XL", "talla 3XL", NULL, NULL },
    { "en es", "size 3XL", "talla 2XL", "code", "3XL" },
    { "en de", "covid-19 test", "Covid-19-Test", NULL, NULL },
    { "en es", "30-DAY RETURNS", "30 DIAS", NULL, NULL },
    { "en es", "the first_name field", "el campo first_name", NULL, NULL },
    { "en es", "the first_name field", "el campo nombre", "code",
      "first_name" },
    { "en es", "field sku-1_a", "campo sku-1_b", "code", "sku-1_a" },
    { "en es", "Regards from 30 days", "Saludosde30 dias", NULL, NULL },

    /* URLs, addresses */

    { "en es", "see https://a.com/x.", "ver (https://a.com/x)", NULL, NULL },
    { "en zh-CN", "see https://a.com/x", "\xe8\xa7\x81https://a.com/x\xe3\x80"
      "\x82", NULL, NULL },
    { "en es", "at shop24.com today", "hoy en shop24.com", NULL, NULL },
    { "en es", "at shop24.com/a today", "hoy en shop24.com/b", "url",
      "shop24.com/a" },
    { "en es", "mail joe24@a.com", "correo joe24@a.com", NULL, NULL },
    { "en es", "mail joe24@a.com", "correo joe42@a.com", "email",
      "joe24@a.com" },
    { "en es", "buy.now", "compra.ya", NULL, NULL },
    { "en es", "buy now", "compra en tienda.es", "url", "tienda.es" },
    { "en es", "mail joe@a.com", "correo joe@a.com\xd0\xb0", "email",
      "joe@a.com" },
    { "en es", "Type AB-12", "Tipo AB-12\xd0\x90", "code", "AB-12" },
    { "en es", "Type ab12cd", "Tipo ab12ce", "code", "ab12cd" },
    { "en es", "Buy one, get one free", "Compra 1 y llevate 1 gratis", NULL,
      NULL },
    { "en de", "until 6:30 pm", "bis 18.30 Uhr", NULL, NULL },
    { "de en", "bis 18.00 Uhr", "until 6 pm", NULL, NULL },
    { "de en", "bis 18.30 Uhr", "until 6:45 pm", "number", "30" },
    { "en de", "Mon-Fri 9am-6pm", "Mo-Fr 9-18 Uhr", NULL, NULL },
    { "en de", "JavaScript: a language", "JavaScript: eine Sprache", NULL,
      NULL },

    /* placeholders of templates */

    { "en es", "%name% and %(x)s", "%name% y %(x)s", NULL, NULL },
    { "en es", "%name% and %(x)s", "%nombre% y %(x)s", "placeholder",
      "%name%" },
    { "en es", "{a, plural, one {x}}", "{a, plural, one {x}}", NULL, NULL },
    { "en es", "100 %s", "100 %s", NULL, NULL },
    { "en es", "50 %d", "50 %s", "placeholder", "%d" },
    { "en es", "50 % off", "50 % de descuento", NULL, NULL },
    { "en fr", "Price: 50", "Prix : 50", NULL, NULL },

    /* tags */

    { "en es", "<g1>a</g1> <x2/>b", "<x2/>c <g1>d</g1>", NULL, NULL },
    { "en es", "<g1>a</g1>", "<g1>b</g1>", NULL, NULL },
    { "en es", "<g1></g1>a", "b<g1></g1>", NULL, NULL },
    { "en es", "<g1>a</g1>", "<g1></g1>b", "tags", "<g1>" },
    { "en es", "a", "<g65>b</g65>", "tags", "<g65>" },
    { "en es", "a", "<g01>b</g01>", "markup", NULL },
    { "en es", "a", "<g1 >b</g1>", "markup", NULL },
    { "en es", "a", "<x1>b", "markup", NULL },
    { "en es", "a", "b</x1>", "markup", NULL },
    { "en es", "a", "b<g", "markup", NULL },
    { "en es", "a", "b>c", "markup", ">" },
    { "en es", "<g1><g2>a</g2></g1>", "<g2><g1>b</g1></g2>", "tags", "<g1>" },
    { "en es", "<g1>a<x2/></g1>", "<g1>b</g1><x2/>", "tags", "<x2/>" },

    /* references */

    { "en es", "Terms &amp; more", "Condiciones y mas", NULL, NULL },
    { "en es", "Terms and more", "Condiciones &amp; mas", NULL, NULL },
    { "en es", "under &lt; 5", "menos &lt; 5", NULL, NULL },
    { "en es", "under &lt; 5", "menos de 5", "markup", "&lt;" },
    { "en es", "Caf\xc3\xa9", "Caf&amp;eacute;", "markup", "&amp;eacute;" },
    { "en es", "a", "b &eacute;", "markup", "&" },

    /* characters */

    { "en ar", "Hello", "\xd9\x85\xd8\xb1\xe2\x80\x8f", NULL, NULL },
    { "en fa", "Hello", "\xd9\x85\xe2\x80\x8c\xd8\xb1", NULL, NULL },
    { "en de", "Hello", "Hal\xc2\xad""lo", NULL, NULL },
    { "en de", "He\x01llo", "Hallo", NULL, NULL },
    { "en de", "He\x01llo", "Ha\x01llo", "control", "\x01" },
    { "en de", "Hello\xf0\x9f\x98\x80", "Hallo\xf0\x9f\x98\x80", NULL, NULL },
    { "en de", "Hello\xef\xbf\xbd", "Hallo\xef\xbf\xbd", NULL, NULL },
    { "en de", "", "", NULL, NULL },

    /* what only one line of code tells apart */

    { "en es", "0.125 stars", "0.125 estrellas", NULL, NULL },
    { "en de", "1,299.00 units", "1.299.00 Stuck", "number", NULL },
    { "en es", "codes 14/13/2024", "codigos 13/14/2024", NULL, NULL },
    { "en-US es", "on 12/31/2024", "el 12/31/2024", NULL, NULL },
    { "en es", "2 pockets, 2 zips",
      "dos bolsillos, cremalleras", "number", "2" },
    { "en zh-CN", "every May",
      "\xe6\xaf\x8f\xe5\xb9\xb4""5\xe6\x9c\x88\xe5\x92\x8c""5\xe6\x9c\x88",
      "number", NULL },
    { "zh-CN en", "\xe7\xba\xa6\xc2\xa5""500",
      "about JPY 500", "currency", NULL },
    { "en es", "only $50", "solo 50 \xe2\x82\xac en $", "currency", NULL },
    { "en es", "50 $30 vouchers", "50 vales de 30 $", NULL, NULL },
    { "en es", "1/2 cup", "1-2 tazas", "number", "1/2" },
    { "en es", "a", "b</g1>", "tags", "</g1>" },
    { "en es", "<g1></g1>a", "b<g1>", "tags", "<g1>" },
    { "en ar", "Save 50% now", "\xd9\x88\xd9\x81\xd8\xb1 50\xe2\x80\x8f%", NULL,
      NULL },
    { "en ar", "Save 50% now",
      "\xd9\x88\xd9\x81\xd8\xb1 \xd9\xaa""50 \xd8\xa7\xd9\x84\xd8\xa2\xd9\x86",
      NULL, NULL },
    { "en es", "About JavaScript: a language",
      "Sobre el lenguaje JavaScript", NULL, NULL },
    { "en es", "mail info.shop@a.com",
      "correo info.shop@b.com", "email", "info.shop@a.com" },
    { "en es", "A4-sized paper", "papel de tamano A4", NULL, NULL },
    { "en de", "a", "", "empty", NULL },
    { NULL, NULL, NULL, NULL, NULL }
};


/* Shop texts that people cut down to a title: they lost what they said. */

static const char *const  shortened[] = {
    "zh-CN Immerse yourself in the magic",
    "es Easily manage and sell your",
    "zh-CN Easily manage and sell your",
    "zh-CN Appointment booking allows",
    "zh-CN Event booking allows",
    "zh-CN Community hall booking enables",
    "zh-CN Table booking enables",
    "zh-CN Rental booking facilitates",
    "zh-CN Explore the latest in consumer",
    "zh-CN Discover smartphones, chargers",
    "zh-CN Shop headphones, earbuds",
    "zh-CN Upgrade your living space",
    "zh-CN Browse blenders, air fryers",
    "zh-CN Keep your space spotless",
    "zh-CN Ignite your imagination",
    NULL
};


/*
 * What would be slow if anything were searched again and again; repeated up
 * to the limit.  No pattern has letters that end a fact by chance.
 */

static const char *const  hostile[] = {
    "a", "a ", " ", "1", "1 ", "1.", "1,", "1/", "1-", "1'", "12 ", "a1", "A1",
    "A-", "A-1-", "1-A", "1a", "1aa-", "1 aaaa", "a@", "@", "a.", ".", "a.a@",
    "a@a.", "://", "a:", ":a", ":", "{", "}", "{}", "{{", "%", "%a", "%(", "%1",
    "%a%", "$", "$ ", "US$", "_", "a_", "-_", "&amp;", "&amp;a", "&amp;#1",
    "&lt;", "\"", "1\"", "1 per ", "per ", "www.", "www.a", "a.com", "a.com/",
    "javascript:", "x", "1x", "1 x ", "1 - ", "1 299 ", " 299", "1 de ",
    "1 May ", "May ", "two ", "1:00 ", "\xc2\xbd", "\xc2\xb2", "\xe2\x82\xac",
    "\xd9\xa1", "\xe6\x9c\x88", "1\xe6\x9c\x88", "\xe4\xb8\x80", "\xc3\xa9",
    "1\xc3\xa9", "\xe2\x88\x92", "\xe2\x80\x99", "1\xe2\x80\x99", "<x1/>",
    "<g1></g1>", "\xf0\x9f\x98\x80", "\xe0\xb8\x81", "\xd0\xb4", NULL
};


static const guard_table_t  tables[] = {
    { "x", aif_guard_words_all,
      sizeof(aif_guard_words_all) / sizeof(aif_guard_word_t) },
    { "en", aif_guard_words_en,
      sizeof(aif_guard_words_en) / sizeof(aif_guard_word_t) },
    { "es", aif_guard_words_es,
      sizeof(aif_guard_words_es) / sizeof(aif_guard_word_t) },
    { "de", aif_guard_words_de,
      sizeof(aif_guard_words_de) / sizeof(aif_guard_word_t) },
    { "fr", aif_guard_words_fr,
      sizeof(aif_guard_words_fr) / sizeof(aif_guard_word_t) },
    { "pt", aif_guard_words_pt,
      sizeof(aif_guard_words_pt) / sizeof(aif_guard_word_t) },
    { "it", aif_guard_words_it,
      sizeof(aif_guard_words_it) / sizeof(aif_guard_word_t) },
    { "nl", aif_guard_words_nl,
      sizeof(aif_guard_words_nl) / sizeof(aif_guard_word_t) },
    { "zh", aif_guard_words_zh,
      sizeof(aif_guard_words_zh) / sizeof(aif_guard_word_t) },
    { "ja", aif_guard_words_ja,
      sizeof(aif_guard_words_ja) / sizeof(aif_guard_word_t) },
    { "ko", aif_guard_words_ko,
      sizeof(aif_guard_words_ko) / sizeof(aif_guard_word_t) },
    { "ar", aif_guard_words_ar,
      sizeof(aif_guard_words_ar) / sizeof(aif_guard_word_t) },
    { "ru", aif_guard_words_ru,
      sizeof(aif_guard_words_ru) / sizeof(aif_guard_word_t) },
    { NULL, NULL, 0 }
};


static aif_str_t
guard_str(const char *text, size_t len)
{
    aif_str_t  s;

    s.len = len;
    s.data = malloc(len ? len : 1);
    memcpy(s.data, text, len);

    return s;
}


/* The fault's name, "" for none; the fact is copied to "fact". */

static const char *
guard_check(const char *sl, size_t sl_len, const char *tl, const char *source,
    size_t source_len, const char *target, size_t target_len, char *fact)
{
    int                rc;
    aif_str_t          s, t, ls, lt, *in;
    aif_guard_fault_t  fault;

    s = guard_str(source, source_len);
    t = guard_str(target, target_len);
    ls = guard_str(sl, sl_len);
    lt = guard_str(tl, strlen(tl));

    rc = aif_guard_check(&s, &t, &ls, &lt, &fault);

    fact[0] = '\0';

    if (fault.fact.len != 0 && fault.fact.len < GUARD_MAX_LINE) {
        memcpy(fact, fault.fact.data, fault.fact.len);
        fact[fault.fact.len] = '\0';

        in = fault.added ? &t : &s;

        if (fault.fact.data < in->data
            || fault.fact.data + fault.fact.len > in->data + in->len)
        {
            strcpy(fact, "OUTSIDE");
        }
    }

    if ((rc == AIF_OK) != (fault.kind == AIF_GUARD_NONE)) {
        strcpy(fact, "CODE AND FAULT DIFFER");
    }

    free(s.data);
    free(t.data);
    free(ls.data);
    free(lt.data);

    return rc == AIF_OK ? "" : aif_guard_name(fault.kind);
}


/* Decodes \xNN in place. */

static size_t
guard_unescape(char *text)
{
    char      *d, *p;
    unsigned   ch;

    for (d = text, p = text; *p; /* void */ ) {
        if (p[0] == '\\' && p[1] == 'x' && sscanf(p + 2, "%2x", &ch) == 1) {
            *d++ = (char) ch;
            p += 4;

        } else {
            *d++ = *p++;
        }
    }

    return d - text;
}


/* The next line's columns, at most n; 0 at the end of the file. */

static size_t
guard_line(FILE *file, char *line, char **column, size_t n)
{
    char    *p;
    size_t   i;

    do {
        if (fgets(line, GUARD_MAX_LINE, file) == NULL) {
            return 0;
        }

    } while (line[0] == '#');

    line[strcspn(line, "\n")] = '\0';

    for (i = 0, p = line; i < n; i++) {
        column[i] = p;
        p = strchr(p, '\t');

        if (p == NULL) {
            return i + 1;
        }

        *p++ = '\0';
    }

    return n;
}


static FILE *
guard_open(const char *name)
{
    FILE  *file;

    file = fopen(name, "r");
    ok(file != NULL, "%s is there", name);

    return file;
}


static void
guard_cases(void)
{
    char                 fact[GUARD_MAX_LINE];
    const char          *got, *tl;
    const guard_case_t  *c;

    for (c = cases; c->locales; c++) {
        tl = strchr(c->locales, ' ');

        got = guard_check(c->locales, tl - c->locales, tl + 1, c->source,
                          strlen(c->source), c->target, strlen(c->target),
                          fact);

        if (!ok(strcmp(got, c->fault ? c->fault : "") == 0
                && (c->fact == NULL || strcmp(fact, c->fact) == 0),
                "%s: \"%s\", \"%s\": %s%s%s", c->locales,
                c->fault && strcmp(c->fault, "control") == 0 ? "" : c->source,
                c->fault && strcmp(c->fault, "control") == 0 ? "" : c->target,
                c->fault ? c->fault : "passes", c->fact ? " " : "",
                c->fact && c->fact[0] > ' ' ? c->fact : ""))
        {
            printf("#   got \"%s\" \"%s\"\n", got, fact);
        }
    }
}


static void
guard_honest(void)
{
    char         line[GUARD_MAX_LINE], fact[GUARD_MAX_LINE], *col[4];
    FILE        *file;
    size_t       s, t;
    const char  *got;

    file = guard_open(GUARD_CASES "honest.tsv");
    if (file == NULL) {
        return;
    }

    while (guard_line(file, line, col, 4) == 4) {
        s = guard_unescape(col[2]);
        t = guard_unescape(col[3]);
        got = guard_check(col[0], strlen(col[0]), col[1], col[2], s, col[3], t,
                          fact);

        ok(got[0] == '\0', "%s to %s: \"%.*s\" passes%s%s %s", col[0], col[1],
           (int) t, col[3], got[0] ? ", got " : "", got, fact);
    }

    fclose(file);
}


static void
guard_planted(void)
{
    char         line[GUARD_MAX_LINE], fact[GUARD_MAX_LINE], *col[6];
    char         last[GUARD_MAX_LINE];
    FILE        *file;
    size_t       s, t, n, kinds, missed;
    const char  *got;

    file = guard_open(GUARD_CASES "planted.tsv");
    if (file == NULL) {
        return;
    }

    n = 0;
    kinds = 0;
    missed = 0;
    last[0] = '\0';

    while (guard_line(file, line, col, 6) == 6) {
        s = guard_unescape(col[4]);
        t = guard_unescape(col[5]);
        got = guard_check(col[2], strlen(col[2]), col[3], col[4], s, col[5], t,
                          fact);

        ok(strcmp(got, col[1]) == 0, "planted %s, %s to %s: %s%s%s", col[0],
           col[2], col[3], col[1], strcmp(got, col[1]) ? ", got " : "",
           strcmp(got, col[1]) ? got : "");

        n++;
        missed += (got[0] == '\0');
        kinds += (strcmp(last, col[0]) != 0);
        strcpy(last, col[0]);
    }

    fclose(file);

    printf("# planted wrong facts: %zu of %zu kinds, %zu not rejected\n", n,
           kinds, missed);
    ok(kinds >= 30, "at least 30 kinds");
}


static void
guard_rate(const char *what, size_t n, size_t rejected, size_t wrong)
{
    printf("# %s: %zu honest pairs, %zu falsely rejected (%.2f%%)\n", what, n,
           rejected, n ? 100.0 * rejected / n : 0.0);

    if (wrong) {
        printf("# %s: %zu pairs with true errors, apart\n", what, wrong);
    }

    ok(n != 0 && rejected * 100 <= n * GUARD_PERCENT,
       "%s: at most %d%% falsely rejected", what, GUARD_PERCENT);
}


static void
guard_shop(size_t *all, size_t *all_rejected)
{
    char         line[GUARD_MAX_LINE], fact[GUARD_MAX_LINE], *col[4];
    FILE        *file;
    size_t       n, rejected;
    const char  *got;

    file = guard_open(GUARD_CASES "shop.tsv");
    if (file == NULL) {
        return;
    }

    n = 0;
    rejected = 0;

    while (guard_line(file, line, col, 4) == 4) {
        got = guard_check(col[0], strlen(col[0]), col[1], col[2],
                          strlen(col[2]), col[3], strlen(col[3]), fact);
        n++;

        if (got[0]) {
            rejected++;
            printf("# falsely rejected: %s %s: %s | %s\n", got, fact, col[2],
                   col[3]);
        }
    }

    fclose(file);

    printf("# free translations full of facts: %zu honest pairs, %zu falsely "
           "rejected (%.2f%%)\n", n, rejected, 100.0 * rejected / n);
    ok(rejected * 10 <= n, "less than a tenth of them is rejected");

    *all += n;
    *all_rejected += rejected;
}


static void
guard_apertium(size_t *all, size_t *all_rejected)
{
    char         line[GUARD_MAX_LINE], fact[GUARD_MAX_LINE], *col[3];
    FILE        *file;
    size_t       n, rejected, wrong;
    const char  *got;

    file = guard_open(GUARD_CASES "apertium.tsv");
    if (file == NULL) {
        return;
    }

    n = 0;
    rejected = 0;
    wrong = 0;

    while (guard_line(file, line, col, 3) == 3) {
        got = guard_check("en", 2, "es", col[1], strlen(col[1]), col[2],
                          strlen(col[2]), fact);

        if (strcmp(col[0], "honest") == 0) {
            n++;

            if (got[0]) {
                rejected++;
                printf("# falsely rejected: %s %s: %s | %s\n", got, fact,
                       col[1], col[2]);
            }

        } else {
            wrong++;
            ok(strcmp(got, col[0]) == 0, "Apertium's error is found: %s %s: "
               "%s", got, fact, col[2]);
        }
    }

    fclose(file);

    guard_rate("Apertium", n, rejected, wrong);
    *all += n;
    *all_rejected += rejected;
}


/* A catalogue's text to canonical text, without the paragraph around it. */

static size_t
guard_canonical(const char *p, char *dst)
{
    char        *d;
    size_t       len;
    const char  *end;

    len = strlen(p);

    if (len >= 7 && memcmp(p, "<p>", 3) == 0
        && memcmp(p + len - 4, "</p>", 4) == 0)
    {
        p += 3;
        len -= 7;
    }

    for (d = dst, end = p + len; p < end; p++) {
        d += sprintf(d, "%s", *p == '&' ? "&amp;" : *p == '<' ? "&lt;"
                              : *p == '>' ? "&gt;" : "");

        if (*p != '&' && *p != '<' && *p != '>') {
            *d++ = *p;
        }
    }

    return d - dst;
}


static int
guard_shortened(const char *locale, const char *source)
{
    size_t              len;
    const char *const  *p;

    len = strlen(locale);

    for (p = shortened; *p; p++) {
        if (strncmp(*p, locale, len) == 0
            && strncmp(*p + len + 1, source, strlen(*p + len + 1)) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static void
guard_people(size_t *all, size_t *all_rejected)
{
    char         line[GUARD_MAX_LINE], fact[GUARD_MAX_LINE], *col[5];
    char         source[GUARD_MAX_LINE], target[GUARD_MAX_LINE];
    FILE        *file;
    size_t       i, s, t, n, rejected, wrong;
    const char  *got, *dir;

    static const char *const  locales[] = { NULL, NULL, "de", "es", "zh-CN" };

    dir = getenv("AIF_DATA");
    sprintf(line, "%.4000s/text/parallel-bagisto-open.tsv",
            dir ? dir : "../shared/data");

    file = fopen(line, "r");
    if (file == NULL) {
        skip("people's translations: %s is not there", line);
        return;
    }

    n = 0;
    rejected = 0;
    wrong = 0;

    (void) guard_line(file, line, col, 5);

    while (guard_line(file, line, col, 5) == 5) {

        s = guard_canonical(col[1], source);
        source[s] = '\0';

        for (i = 2; i < 5; i++) {
            t = guard_canonical(col[i], target);
            got = guard_check("en", 2, locales[i], source, s, target, t, fact);

            if (guard_shortened(locales[i], source)) {
                wrong++;
                printf("# cut down by its translator: %s %.40s... | %.*s\n",
                       got, source, (int) (t < 60 ? t : 60), target);
                continue;
            }

            n++;

            if (got[0]) {
                rejected++;
                printf("# falsely rejected: %s %s: %s | %.*s\n", got, fact,
                       source, (int) t, target);
            }
        }
    }

    fclose(file);

    guard_rate("people", n, rejected, wrong);
    *all += n;
    *all_rejected += rejected;
}


/* The tables are sorted, and every word in them is found and understood. */

static void
guard_words(void)
{
    char                     s[256], t[256], fact[GUARD_MAX_LINE];
    size_t                   i, k, unsorted, lost;
    const char              *got;
    const guard_table_t     *table;
    const aif_guard_word_t  *w, *sign;

    for (table = tables; table->locale; table++) {

        unsorted = 0;
        lost = 0;

        for (i = 0; i < table->n; i++) {
            w = &table->words[i];
            unsorted += (i != 0 && strcmp(w[-1].text, w->text) > 0);

            if (w->text[w->len - 1] == '*'
                || !(w->how & (AIF_GUARD_WORD_UNIT | AIF_GUARD_WORD_MONEY)))
            {
                continue;
            }

            /* against the first sign or English word for the same */

            for (k = 0, sign = NULL; k < tables[0].n + tables[1].n; k++) {
                sign = k < tables[0].n ? &tables[0].words[k]
                                       : &tables[1].words[k - tables[0].n];

                if (sign->id == w->id
                    && (sign->how & AIF_GUARD_WORD_MONEY ? 1 : 2)
                       == (w->how & AIF_GUARD_WORD_MONEY ? 1 : 2)
                    && sign->how & (AIF_GUARD_WORD_UNIT | AIF_GUARD_WORD_MONEY))
                {
                    break;
                }
            }

            if (k == tables[0].n + tables[1].n) {
                continue;
            }

            sprintf(s, "all 25 %s", sign->text);
            sprintf(t, "all 25 %s", w->text);
            got = guard_check("en", 2, table->locale, s, strlen(s), t,
                              strlen(t), fact);

            if (got[0]) {
                lost++;
                printf("#   %s: \"%s\" against \"%s\": %s\n", table->locale, s,
                       t, got);
            }
        }

        ok(unsorted == 0, "words of \"%s\" are sorted", table->locale);
        ok(lost == 0, "each of them is found");
    }
}


/*
 * Work is counted, not timed: in the scanner's steps and the pairs compared.
 * Twice the text must not be more than a little over twice the work.
 */

static void
guard_bounded(void)
{
    char                *text;
    size_t               i, k, n, len, work[2];
    aif_str_t            s, tag;
    const char          *unit;
    aif_guard_facts_t    f;
    aif_guard_fault_t    fault;
    aif_guard_locale_t   l;

    text = malloc(AIF_GUARD_MAX_TEXT + 1);
    aif_str_set(&tag, "en");
    aif_guard_locale(&l, &tag);

    for (i = 0; hostile[i]; i++) {
        unit = hostile[i];
        len = strlen(unit);

        for (k = 0; k < 2; k++) {
            for (n = 0; n + len <= (size_t) AIF_GUARD_MAX_TEXT / (2 - k);
                 n += len)
            {
                memcpy(text + n, unit, len);
            }

            s.data = (u_char *) text;
            s.len = n;

            (void) aif_guard_scan(&f, &s, &l, 0);
            work[k] = f.work;
            (void) aif_guard_check(&s, &s, &tag, &tag, &fault);
        }

        ok(work[1] <= work[0] * 2 + 4096 && work[1] <= s.len * 32,
           "\"%s\" over and over: %zu steps for %zu bytes", unit, work[1],
           s.len);
    }

    free(text);
}


/* As many facts as allowed, each unlike all others but the last ones. */

static void
guard_limits(void)
{
    char                *a, *b, fact[GUARD_MAX_LINE];
    size_t               i, s, t;
    const char          *got;
    aif_str_t            sa, sb, tag;
    aif_guard_facts_t    fs, ft;
    aif_guard_fault_t    fault;
    aif_guard_locale_t   l;

    a = malloc(AIF_GUARD_MAX_TEXT + 2);
    b = malloc(AIF_GUARD_MAX_TEXT + 2);

    for (i = 0, s = 0, t = 0; i < AIF_GUARD_MAX_FACTS; i++) {
        s += sprintf(a + s, "%zu, ", 1000 + i);
        t += sprintf(b + t, "%zu, ", 1000 + (i + 100) % AIF_GUARD_MAX_FACTS);
    }

    s += sprintf(a + s, "x");
    t += sprintf(b + t, "x");

    got = guard_check("en", 2, "en", a, s, b, t, fact);
    ok(got[0] == '\0', "%d facts in another order", AIF_GUARD_MAX_FACTS);

    aif_str_set(&tag, "en");
    aif_guard_locale(&l, &tag);
    sa.data = (u_char *) a;
    sa.len = s;
    sb.data = (u_char *) b;
    sb.len = t;
    (void) aif_guard_scan(&fs, &sa, &l, 0);
    (void) aif_guard_scan(&ft, &sb, &l, 0);
    (void) aif_guard_match(&fs, &ft, &fault);
    ok(ft.work <= 4 * AIF_GUARD_MAX_FACTS * AIF_GUARD_MAX_FACTS,
       "pairs compared: %zu", ft.work);

    /* a currency that is looked for elsewhere, for every pair */

    for (i = 0, sa.len = 0, sb.len = 0; i < AIF_GUARD_MAX_FACTS; i++) {
        sa.len += sprintf(a + sa.len, "$5, ");
        sb.len += sprintf(b + sb.len, i % 2 ? "5, " : "\xe2\x82\xac, ");
    }

    (void) aif_guard_scan(&fs, &sa, &l, 0);
    (void) aif_guard_scan(&ft, &sb, &l, 0);
    (void) aif_guard_match(&fs, &ft, &fault);
    ok(ft.work <= 6 * AIF_GUARD_MAX_FACTS * AIF_GUARD_MAX_FACTS,
       "pairs compared, and currencies looked for: %zu", ft.work);

    for (i = 0, s = 0, t = 0; i < AIF_GUARD_MAX_FACTS; i++) {
        s += sprintf(a + s, "%zu, ", 1000 + i);
        t += sprintf(b + t, "%zu, ", 1000 + (i + 100) % AIF_GUARD_MAX_FACTS);
    }

    s += sprintf(a + s, "x");
    t += sprintf(b + t, "x");

    memcpy(b, "2", 1);
    got = guard_check("en", 2, "en", a, s, b, t, fact);
    ok(strcmp(got, "number") == 0 && strcmp(fact, "1100") == 0,
       "one of them is wrong: %s", fact);

    sprintf(a + s, ", 7");
    got = guard_check("en", 2, "en", a, s + 3, a, s + 3, fact);
    ok(strcmp(got, "length") == 0, "one more is too many");

    memset(a, 'a', AIF_GUARD_MAX_TEXT + 1);
    got = guard_check("en", 2, "en", a, AIF_GUARD_MAX_TEXT, a,
                      AIF_GUARD_MAX_TEXT, fact);
    ok(got[0] == '\0', "a text of the largest size");
    got = guard_check("en", 2, "en", a, AIF_GUARD_MAX_TEXT, a,
                      AIF_GUARD_MAX_TEXT + 1, fact);
    ok(strcmp(got, "length") == 0, "one byte more");
    got = guard_check("en", 2, "en", a, AIF_GUARD_MAX_TEXT + 1, a,
                      AIF_GUARD_MAX_TEXT, fact);
    ok(strcmp(got, "length") == 0, "one byte more in the source");

    free(a);
    free(b);
}


/* Every text of the honest pairs, cut at every byte. */

static void
guard_cut(void)
{
    char    line[GUARD_MAX_LINE], fact[GUARD_MAX_LINE], *col[4];
    FILE   *file;
    size_t  s, t, cut, n, bad;

    file = guard_open(GUARD_CASES "honest.tsv");
    if (file == NULL) {
        return;
    }

    n = 0;
    bad = 0;

    while (guard_line(file, line, col, 4) == 4) {
        s = guard_unescape(col[2]);
        t = guard_unescape(col[3]);

        for (cut = 0; cut < t; cut++) {
            (void) guard_check(col[0], strlen(col[0]), col[1], col[2], s,
                               col[3], cut, fact);
            bad += (strcmp(fact, "OUTSIDE") == 0
                    || strcmp(fact, "CODE AND FAULT DIFFER") == 0);
            n++;
        }

        for (cut = 0; cut < s; cut++) {
            (void) guard_check(col[0], strlen(col[0]), col[1], col[2], cut,
                               col[3], t, fact);
            bad += (strcmp(fact, "OUTSIDE") == 0
                    || strcmp(fact, "CODE AND FAULT DIFFER") == 0);
            n++;
        }
    }

    fclose(file);

    ok(n > 1000 && bad == 0, "%zu texts cut off", n);
}


int
main(void)
{
    size_t    i, n, rejected, people;
    unsigned  missing;

    guard_cases();
    guard_honest();
    guard_planted();
    guard_words();
    guard_bounded();
    guard_limits();
    guard_cut();

    n = 0;
    rejected = 0;
    guard_people(&n, &rejected);
    people = n;
    guard_apertium(&n, &rejected);
    guard_shop(&n, &rejected);
    /* without them the pairs that look for limits weigh too much */

    if (people != 0) {
        guard_rate("all", n, rejected, 0);
    }

    for (i = 0, missing = 0; i < AIF_GUARD_COUNT; i++) {
        missing += aif_guard_name(i) == NULL || aif_guard_name(i)[0] == '\0';
    }

    ok(missing == 0 && strcmp(aif_guard_name(AIF_GUARD_NUMBER), "number") == 0
       && strcmp(aif_guard_name(99), "none") == 0, "every kind has a name");

    done();
}
