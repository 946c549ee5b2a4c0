// What the shop sells.  The texts have what pages have that break: quotes of
// all kinds, entities, letters of other scripts, emoji, and a description of
// more than 1024 bytes, which Flight carries in a row that states its length.

const care = 'Wash it by hand in lukewarm water; don\'t wring it, don\'t bleach '
    + 'it & never put it in a dryer. ';

exports.products = [
    {
        id: '1',
        name: 'Fisherman\u2019s jumper "Ålesund"',
        colour: 'midnight blue',
        stock: 3,
        price: 89.5,
        note: 'If x<y, take the larger one <or two>.',
        summary: 'A thick jumper for cold mornings at sea & warm evenings.',
        description: 'Knitted by the Sørensen family in Ålesund \u2014 in the '
            + 'third generation \u2014 from the wool of their own sheep. '
            + '"It weighs nothing", says our skipper, \'and it keeps the wind '
            + 'out\'. \u{1F9F6}\u{1F411} The collar can be worn high or turned '
            + 'down; the cuffs are knitted twice, so that they last. '
            + care + 'If a stitch should ever run, send it back: '
            + 'Mrs. Sørensen mends it for free (really). \\o/ '
            + 'The wool is washed with soap & soda, combed, spun and dyed '
            + 'within sight of the fjord; nothing is added to it, and nothing '
            + 'is taken away but the grass. The word \u00ab\u03ba\u03b1\u03bb'
            + '\u03cc\u00bb on the label is Greek and means good. '
            + 'Every jumper carries the name of the sheep that gave the wool, '
            + 'and the name of whoever knitted it. Sailors buy one when they '
            + 'are young and leave it to their daughters. \u26F5 '
            + 'It smells of tar for a week, which some people love, and of '
            + 'nothing at all after that, which the others prefer. In summer '
            + 'it lies in a drawer with a bar of cedar \u2014 moths, too, know '
            + 'what is good \u2014 and waits for the first storm of autumn.',
        story: '<p>Where it comes from: a <b>small house</b> by the '
            + 'water.</p><p>Who makes it: <a href="/product/2">the same '
            + 'people</a> who make our socks.</p>',
        details: ['Pure wool', 'Two pockets inside', 'Buttons of horn'],
    },
    {
        id: '2',
        name: 'Socks for two winters',
        colour: 'grey',
        stock: 40,
        price: 12,
        note: 'If x<y, take the larger one <or two>.',
        summary: 'Socks that outlast the boots they are worn in.',
        description: 'Heel and toe are knitted double. Nobody has worn a hole '
            + 'in them yet, and some of us have tried.',
        story: '<p>The first pair went around the world.</p>',
        details: ['Wool and a little nylon', 'Knee length'],
    },
    {
        id: '3',
        name: 'Cap with a tassel',
        colour: 'red',
        stock: 7,
        price: 24,
        note: 'If x<y, take the larger one <or two>.',
        summary: 'Keeps both ears warm.',
        description: 'The tassel has no use. It is there because caps without '
            + 'one look sad.',
        story: '<p>Children choose it first.</p>',
        details: ['Soft merino wool', 'One size fits all'],
    },
];

// Reviews come late, as they do from another service: the page is streamed.

exports.reviews = async (id) => {
    await new Promise((resolve) => setTimeout(resolve, 200));

    return id === '1'
        ? [{ who: 'Jörg', text: 'Warm as a stove & twice as good-looking!' },
           { who: 'Zoë', text: 'My mother "borrowed" it on the first day.' }]
        : [{ who: 'Søren', text: 'I would buy it again at once.' }];
};

exports.find = (id) => exports.products.find((p) => p.id === id);

exports.search = (words) => exports.products.filter((p) =>
    (p.name + ' ' + p.summary).toLowerCase().includes(words.toLowerCase()));
