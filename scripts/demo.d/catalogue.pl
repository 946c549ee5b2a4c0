# The demo shop's goods: plain short English, which a small machine translates
# well.  All of it is made up, the customers, too.  The file's value is
# { categories, products, customers }.

use strict;
use warnings;

my @categories = (
    { slug => 'clothes', name => 'Clothes',
      text => 'Warm and simple clothes for every day.' },
    { slug => 'bags', name => 'Bags',
      text => 'Strong bags for the city and for the mountains.' },
    { slug => 'home', name => 'Home',
      text => 'Useful things for the kitchen and the living room.' },
    { slug => 'garden', name => 'Garden and camping',
      text => 'Good tools and light tents for life under the sky.' },
);

my @products = (
    {
        name => 'Blue rain jacket', kind => 'jacket', tint => '#3b6ea8',
        category => 'clothes', code => 'JK-1042/B', price => '89.00',
        color => 'blue', material => 'recycled plastic',
        sizes => [qw(S M L XL)], short => 'A light jacket for wet days.',
        text => [
            'The blue jacket is waterproof and very light.',
            'It has two large pockets and a hood.',
            'You can carry the jacket in a small bag.',
        ],
        details => [
            'Weight: 320 g', 'The fabric is made of recycled plastic.',
            'You can wash the jacket at 30 °C.',
            'The zip has a guarantee of 2 years.',
        ],
        reviews => [
            [ 'Martha', 5, 'I walked 3 hours in the rain and I was not cold.' ],
            [ 'Paul', 4, 'The jacket is good, but the hood is a little big.' ],
        ],
    },
    {
        name => 'Cotton shirt', kind => 'shirt', tint => '#d8e2dc',
        category => 'clothes', code => 'SH-2001/W', price => '34.50',
        color => 'white', material => 'organic cotton',
        sizes => [qw(S M L)], short => 'A white shirt of organic cotton.',
        text => [
            'This shirt is made of organic cotton.',
            'It is soft and it does not lose its form.',
            'You can wear this shirt in the office.',
        ],
        details => [
            'The shirt has 7 buttons.', 'You can wash the shirt at 40 °C.',
            'The cotton grows without poison.',
        ],
        reviews => [
            [ 'Tom', 5, 'The fabric is very soft.' ],
            [ 'Lena', 3, 'The sleeves are long.' ],
        ],
    },
    {
        name => 'Wool hat', kind => 'hat', tint => '#a63d40',
        category => 'clothes', code => 'HT-0310/R', price => '19.90',
        color => 'red', material => 'wool',
        sizes => [ 'one size' ], short => 'A red hat for cold mornings.',
        text => [
            'The red hat is very warm.',
            'It is made of the wool of happy sheep.',
            'The hat is small and it fits in every pocket.',
        ],
        details => [
            'Weight: 85 g', 'You can wash the hat with cold water.',
        ],
        reviews => [
            [ 'Olga', 5, 'I bought two hats for my parents.' ],
            [ 'Ben', 4, 'The hat is warm and the price is fair.' ],
        ],
    },
    {
        name => 'Mountain boots', kind => 'boots', tint => '#7f5539',
        category => 'clothes', code => 'BT-7700/K', price => '129.00',
        color => 'brown', material => 'leather',
        sizes => [ 38 .. 44 ], short => 'Strong boots for long walks.',
        text => [
            'These boots are strong and comfortable.',
            'The leather is thick, and the water stays outside.',
            'You can walk 20 km without pain.',
        ],
        details => [
            'Weight: 1.2 kg for the pair', 'The sole is made of rubber.',
            'You can buy new laces in our shop.',
        ],
        reviews => [
            [ 'Karl', 5, 'I have walked 400 km with these boots.' ],
            [ 'Sofia', 2, 'The boots were too narrow for my feet.' ],
            [ 'Jan', 4, 'They are heavy, but they are very good.' ],
            [ 'Marta', 5, 'Very comfortable, I love them.' ],
            [ 'Elif', 5, 'Great boots: my feet stay dry and warm.' ],
            [ 'Pablo', 5, 'Comfortable from the first day, no pain at all.' ],
            [ 'Ida', 2, 'They are too narrow. I sent them back.' ],
            [ 'Noah', 1, 'The laces broke after two weeks. Bad quality.' ],
            [ 'Vera', 5, 'So comfortable that I wear them in the city, too.' ],
            [ 'Luis', 5, 'The sole is strong and does not slip on ice.'
                       . ' Excellent.' ],
            [ 'Mona', 2, 'The laces were broken after a month. I am'
                       . ' disappointed.' ],
            [ 'Emil', 5, 'I love the sole, it is excellent on wet stones.' ],
        ],
    },
    {
        name => 'City backpack', kind => 'backpack', tint => '#4f6d57',
        category => 'bags', code => 'BP-5015/G', price => '74.00',
        color => 'green',
        sizes => [ '15 l', '22 l' ],
        short => 'A green backpack for your computer.',
        text => [
            'The backpack has three pockets and a wide strap.',
            'The computer has a soft pocket.',
            'Nobody can open the secret pocket from outside.',
        ],
        details => [
            'Height: 45 cm', 'Width: 30 cm', 'Weight: 900 g',
            'The bag is sewn by hand in a small factory.',
        ],
        reviews => [
            [ 'Nora', 5, 'There is a pocket for my computer and for my book.' ],
            [ 'Felix', 4, 'The bag is beautiful and it is strong.' ],
        ],
    },
    {
        name => 'Leather wallet', kind => 'wallet', tint => '#9c6644',
        category => 'bags', code => 'WL-0099/N', price => '39.00',
        color => 'brown', material => 'leather',
        sizes => [ 'one size' ], short => 'A small wallet for 8 cards.',
        text => [
            'The wallet is small and it can carry 8 cards.',
            'The brown leather is more beautiful every year.',
            'It is a good gift for your father.',
        ],
        details => [
            'Width: 10 cm', 'The box is made of paper.',
        ],
        reviews => [
            [ 'David', 5, 'The old wallet was ugly, the new one is perfect.' ],
            [ 'Emma', 3, 'It does not have a pocket for coins.' ],
        ],
    },
    {
        name => 'Beach bag', kind => 'tote', tint => '#e9c46a',
        category => 'bags', code => 'TB-3300/Y', price => '24.00',
        color => 'yellow',
        sizes => [ 'one size' ], short => 'A big yellow bag for the beach.',
        text => [
            'The yellow bag is big and very light.',
            'It carries your towel, your book and two bottles.',
            'The sand does not stay in the bag.',
        ],
        details => [
            'Height: 40 cm', 'Width: 55 cm', 'It can carry 15 kg.',
        ],
        reviews => [
            [ 'Lucia', 5, 'We use this bag every summer.' ],
            [ 'Anna', 4, 'The yellow colour is a little strong.' ],
        ],
    },
    {
        name => 'Coffee cup', kind => 'cup', tint => '#e07a5f',
        category => 'home', code => 'CP-0450/O', price => '12.50',
        color => 'orange', material => 'white clay',
        sizes => [ '250 ml', '400 ml' ],
        short => 'An orange cup for your first coffee.',
        text => [
            'The orange cup keeps your coffee hot.',
            'Every cup is different because we paint it by hand.',
            'You can wash it in the machine.',
        ],
        details => [
            'Weight: 350 g', 'The cup is made of white clay.',
        ],
        reviews => [
            [ 'Peter', 5, 'The coffee is better in this cup.' ],
            [ 'Rosa', 5, 'I bought 6 cups and they are all beautiful.' ],
        ],
    },
    {
        name => 'Table lamp', kind => 'lamp', tint => '#f2cc8f',
        category => 'home', code => 'LP-6060/S', price => '58.00',
        sizes => [ 'one size' ], short => 'A warm light for a good book.',
        text => [
            'The lamp gives a warm and quiet light.',
            'The lamp has three colours.',
            'The cable measures 2 m.',
        ],
        details => [
            'Height: 48 cm', 'Energy: 9 W',
        ],
        reviews => [
            [ 'Hugo', 5, 'I read a book every night with this lamp.' ],
            [ 'Clara', 4, 'The lamp is simple and elegant.' ],
            [ 'Marc', 2, 'The cable is too short for my room.' ],
        ],
    },
    {
        name => 'Wool blanket', kind => 'blanket', tint => '#84a59d',
        category => 'home', code => 'BL-1820/T', price => '95.00',
        material => 'wool',
        sizes => [ '130 x 180 cm', '150 x 220 cm' ],
        short => 'A soft blanket for cold nights.',
        text => [
            'The blanket is soft and warm.',
            'It is made of 100% wool.',
            'Two people and a cat can sleep under the blanket.',
        ],
        details => [
            'Weight: 1.4 kg', 'You can wash the blanket at 30 °C.',
        ],
        reviews => [
            [ 'Julia', 5, 'My cat never leaves the blanket.' ],
            [ 'Robert', 4, 'It is expensive, but it is very warm.' ],
        ],
    },
    {
        name => 'Kitchen knife', kind => 'knife', tint => '#8d99ae',
        category => 'home', code => 'KN-2100/M', price => '45.00',
        material => 'steel',
        sizes => [ '15 cm', '20 cm' ],
        short => 'A sharp knife for bread, fruit and meat.',
        text => [
            'The knife is sharp and it cuts everything.',
            'The handle is made of olive wood.',
            'You can wash the knife with hot water.',
        ],
        details => [
            'Weight: 180 g', 'The steel is very strong.',
            'This knife is not for children.',
        ],
        reviews => [
            [ 'Mario', 5, 'I am a cook and I use this knife every day.' ],
            [ 'Eva', 5, 'The bread has never been so easy to cut.' ],
        ],
    },
    {
        name => 'Small tent', kind => 'tent', tint => '#588157',
        category => 'garden', code => 'TN-0002/P', price => '149.00',
        color => 'green',
        sizes => [ '2 persons', '3 persons' ],
        short => 'A light tent for two friends.',
        text => [
            'The tent is ready in 5 minutes.',
            'The tent protects you from the wind and from the rain.',
            'The door has a net against insects.',
        ],
        details => [
            'Weight: 2.3 kg', 'Width: 140 cm', 'Height: 110 cm',
            'You can repair the tent with the tape in the bag.',
        ],
        reviews => [
            [ 'Simon', 5, 'It rained all night and we slept well.' ],
            [ 'Carla', 4, 'The tent is small for tall people.' ],
        ],
    },
    {
        name => 'Water bottle', kind => 'bottle', tint => '#457b9d',
        category => 'garden', code => 'WB-0750/B', price => '22.00',
        color => 'blue', material => 'steel',
        sizes => [ '0.5 l', '0.75 l' ],
        short => 'Cold water on hot days.',
        text => [
            'The water is cold for 24 hours.',
            'The bottle is made of steel.',
            'You can carry the bottle on your bicycle.',
        ],
        details => [
            'Weight: 290 g', 'The bottle is not for hot water.',
        ],
        reviews => [
            [ 'Laura', 5, 'The water was cold after a day in the sun.' ],
            [ 'Kim', 1, 'It was broken and the shop sent a new bottle.' ],
        ],
    },
    {
        name => 'Garden scissors', kind => 'scissors', tint => '#bc4749',
        category => 'garden', code => 'GS-0880/R', price => '27.90',
        color => 'red', material => 'steel',
        sizes => [ 'one size' ], short => 'Strong scissors for your roses.',
        text => [
            'You can cut branches and flowers with these scissors.',
            'The red handles are easy to find in the grass.',
            'The scissors work with the right hand and with the left hand.',
        ],
        details => [
            'Weight: 210 g', 'You can clean the scissors with oil.',
        ],
        reviews => [
            [ 'Greta', 5, 'My roses have never been so beautiful.' ],
            [ 'Otto', 4, 'They are good scissors for a small price.' ],
        ],
    },
    # two of which the shop says next to nothing: a machine may write of them
    {
        name => 'Felt slippers', kind => 'boots', tint => '#6d6875',
        category => 'clothes', code => 'SL-0501/G', price => '29.00',
        color => 'grey', material => 'felt',
        sizes => [ 36 .. 43 ], short => '', text => [],
        details => [ 'Weight: 240 g', 'Guarantee: 2 years' ],
        reviews => [],
    },
    {
        name => 'Garden lantern', kind => 'lamp', tint => '#cb997e',
        category => 'garden', code => 'LN-0230/C', price => '36.50',
        color => 'black', material => 'iron',
        sizes => [ 'one size' ], short => '', text => [],
        details => [ 'Height: 31 cm', 'Width: 18 cm', 'Weight: 1.1 kg',
                     'Guarantee: 3 years' ],
        reviews => [],
    },
);

# What the shop's back end knows of some customers.  In a real shop an id is
# long and random: who knows it sees the texts that are for its owner.

my @customers = (
    {
        id => 'c-5f1e0a27', name => 'Anna',
        orders => [
            { sku => 'BT-7700/K', title => 'Mountain boots',
              category => 'Sport', price => 129.00, at => '2026-09-12' },
            { sku => 'TN-0002/P', title => 'Camping tent',
              category => 'Sport', price => 149.00, at => '2026-10-02' },
        ],
        reviews => [ 'I use it in the mountains and on long hikes.' ],
    },
    {
        id => 'c-93b7d4c0', name => 'Bruno',
        orders => [
            { sku => 'CP-0450/O', title => 'Coffee cup, second choice',
              category => 'Sale', price => 6.25, at => '2026-08-30' },
            { sku => 'HT-0310/R', title => 'Wool hat on sale',
              category => 'Sale', price => 9.90, at => '2026-10-21' },
        ],
        reviews => [ 'A low price, and good enough.' ],
    },
    {
        id => 'c-0c62ae18', name => 'Clara',
        orders => [
            { sku => 'WL-0099/N', title => 'Gift box with wallet',
              category => 'Gifts', price => 39.00, at => '2026-05-07' },
            { sku => 'BL-1820/T', title => 'Wool blanket, gift wrapped',
              category => 'Gifts', price => 95.00, at => '2026-11-02' },
        ],
        reviews => [ 'My mother was happy with the present.' ],
    },
);

my $id = 1;
$_->{id} = $id++ for @products;

return { categories => \@categories, products => \@products,
         customers => \@customers };
