# The words that the small language model knows in both languages: what goods
# are called, their colours, stuffs and properties.  All of it is ours.

# English|Spanish|gender|number; a kind is the end of a product's name
KINDS = [line.split('|') for line in '''
jacket|chaqueta|f|s
rain jacket|chaqueta de lluvia|f|s
coat|abrigo|m|s
shirt|camisa|f|s
t-shirt|camiseta|f|s
sweater|jersey|m|s
hat|gorro|m|s
cap|gorra|f|s
scarf|bufanda|f|s
gloves|guantes|m|p
socks|calcetines|m|p
trousers|pantalones|m|p
shorts|pantalones cortos|m|p
skirt|falda|f|s
dress|vestido|m|s
belt|cinturón|m|s
boots|botas|f|p
shoes|zapatos|m|p
sandals|sandalias|f|p
slippers|zapatillas|f|p
backpack|mochila|f|s
bag|bolsa|f|s
beach bag|bolsa de playa|f|s
wallet|cartera|f|s
suitcase|maleta|f|s
umbrella|paraguas|m|s
cup|taza|f|s
mug|taza|f|s
glass|vaso|m|s
plate|plato|m|s
bowl|cuenco|m|s
teapot|tetera|f|s
pan|sartén|f|s
pot|olla|f|s
knife|cuchillo|m|s
kitchen knife|cuchillo de cocina|m|s
fork|tenedor|m|s
spoon|cuchara|f|s
board|tabla|f|s
lamp|lámpara|f|s
table lamp|lámpara de mesa|f|s
candle|vela|f|s
blanket|manta|f|s
pillow|almohada|f|s
cushion|cojín|m|s
towel|toalla|f|s
rug|alfombra|f|s
curtain|cortina|f|s
chair|silla|f|s
table|mesa|f|s
shelf|estante|m|s
stool|taburete|m|s
mirror|espejo|m|s
clock|reloj|m|s
watch|reloj|m|s
basket|cesta|f|s
box|caja|f|s
vase|jarrón|m|s
tent|tienda de campaña|f|s
sleeping bag|saco de dormir|m|s
bottle|botella|f|s
water bottle|botella de agua|f|s
scissors|tijeras|f|p
garden scissors|tijeras de jardín|f|p
shovel|pala|f|s
hose|manguera|f|s
bench|banco|m|s
grill|parrilla|f|s
stove|hornillo|m|s
lantern|farol|m|s
headphones|auriculares|m|p
keyboard|teclado|m|s
notebook|cuaderno|m|s
pen|bolígrafo|m|s
bicycle|bicicleta|f|s
helmet|casco|m|s
ball|pelota|f|s
toy|juguete|m|s
'''.split('\n') if line]

# English|masculine|feminine|masculine plural|feminine plural
COLORS = [line.split('|') for line in '''
blue|azul|azul|azules|azules
red|rojo|roja|rojos|rojas
green|verde|verde|verdes|verdes
yellow|amarillo|amarilla|amarillos|amarillas
orange|naranja|naranja|naranjas|naranjas
white|blanco|blanca|blancos|blancas
black|negro|negra|negros|negras
grey|gris|gris|grises|grises
brown|marrón|marrón|marrones|marrones
pink|rosa|rosa|rosas|rosas
purple|morado|morada|morados|moradas
silver|plateado|plateada|plateados|plateadas
'''.split('\n') if line]

STUFFS = dict(line.split('|') for line in '''
cotton|algodón
organic cotton|algodón orgánico
wool|lana
leather|cuero
steel|acero
stainless steel|acero inoxidable
wood|madera
olive wood|madera de olivo
oak|roble
bamboo|bambú
glass|vidrio
clay|arcilla
white clay|arcilla blanca
rubber|goma
plastic|plástico
recycled plastic|plástico reciclado
paper|papel
linen|lino
silk|seda
felt|fieltro
cork|corcho
copper|cobre
iron|hierro
aluminium|aluminio
stone|piedra
straw|paja
nylon|nailon
polyester|poliéster
wax|cera
porcelain|porcelana
'''.split('\n') if line)

CATEGORIES = dict(line.split('|') for line in '''
Clothes|Ropa
Bags|Bolsas
Home|Hogar
Garden and camping|Jardín y camping
Kitchen|Cocina
Shoes|Zapatos
Office|Oficina
Sport|Deporte
Toys|Juguetes
Travel|Viajes
Lighting|Iluminación
'''.split('\n') if line)

# What a thing is for, as shops write it in a field: English|Spanish
USES = dict(line.split('|') for line in '''
wet days|días de lluvia
cold mornings|mañanas frías
long walks|largos paseos
the office|la oficina
the beach|la playa
the kitchen|la cocina
the garden|el jardín
travel|los viajes
every day|cada día
the mountains|la montaña
the city|la ciudad
reading|la lectura
camping|el camping
children|los niños
summer|el verano
winter|el invierno
your first coffee|tu primer café
two friends|dos amigos
'''.split('\n') if line)

# key|Spanish name|units; the value is a number and a unit
MEASURES = [line.split('|') for line in '''
weight|peso|g,kg
height|altura|cm,m
width|anchura|cm,m
length|longitud|cm,m
depth|profundidad|cm
capacity|capacidad|l,ml
power|potencia|W
guarantee|garantía|years,months
battery life|autonomía|hours
pockets|bolsillos|
buttons|botones|
'''.split('\n') if line]

UNITS = {'years': 'años', 'months': 'meses', 'hours': 'horas',
         'persons': 'personas', 'cards': 'tarjetas', 'minutes': 'minutos'}

# Sentences of a description that a shop gives among the facts: they may be
# repeated in English, never translated
SENTENCES = '''
It has two large pockets and a hood.
You can carry it in a small bag.
It is soft and it does not lose its form.
You can wear it in the office.
The leather is thick, and the water stays outside.
You can wash it in the machine.
It keeps your coffee hot.
The handle is easy to hold.
It fits in every pocket.
The strap is wide and soft.
You can fold it and put it away.
The light is warm and quiet.
It is ready in 5 minutes.
The door has a net against insects.
You can carry it on your bicycle.
The sole is made of rubber.
It protects you from the wind and from the rain.
We paint it by hand.
You can wash it at 30 °C.
You can clean it with oil.
The zip has a guarantee of 2 years.
It is sewn by hand in a small factory.
It stands on three legs.
The cable measures 2 m.
It is light and strong.
Every piece is a little different.
It dries fast after the rain.
The cover can be taken off.
'''.strip().split('\n')

SYLLABLES = ('al ar ba bel bo bra ca cor da del do dra el en fa fen ga gol '
             'ha hel i jo ka kel kir la lin lo lu ma mar mi mo na nor o pa '
             'pel pi qui ra ren ri ro sa sel sol ta tal tor u va vel vik wa '
             'wen xa yo za zen').split()

ADJECTIVES = ('City Mountain Small Big Light Warm Soft Strong Simple Classic '
              'Little Old New Summer Winter Travel Family Garden Kitchen '
              'Evening Sunday Harbour Hill Forest River Northern').split()
