# Pictures of the demo shop's goods: small SVG drawings, made when asked for.
# The file's value is a function of a product.

use strict;
use warnings;

# Each drawing fits in 200 by 160; %s is the product's own colour.

my %shapes = (
    jacket => '<path fill="%s" d="M70 34 L92 26 Q100 36 108 26 L130 34 L156'
            . ' 92 L138 100 L130 78 L130 138 L70 138 L70 78 L62 100 L44 92z"/>'
            . '<path d="M100 36V138" stroke="#fff" stroke-width="3"/>',
    shirt => '<path fill="%s" stroke="#9aa5a0" stroke-width="2" d="M72 34'
           . ' L90 26 L100 38 L110 26 L128 34 L150 64 L134 76 L126 66 L126'
           . ' 136 L74 136 L74 66 L66 76 L50 64z"/>'
           . '<path d="M100 38V136" stroke="#9aa5a0" stroke-width="2"'
           . ' stroke-dasharray="2 10" stroke-linecap="round"/>',
    hat => '<path fill="%s" d="M52 108 Q52 46 100 46 Q148 46 148 108z"/>'
         . '<rect x="46" y="104" width="108" height="22" rx="11"'
         . ' fill="#7d2b2e"/><circle cx="100" cy="40" r="12" fill="#7d2b2e"/>',
    boots => '<path fill="%s" d="M70 30 H104 V92 L140 104 Q150 108 150 124'
           . ' H70z"/><rect x="66" y="124" width="88" height="10" rx="4"'
           . ' fill="#3d2b1f"/><path d="M104 48H90M104 62H90M106 76H92"'
           . ' stroke="#fff" stroke-width="3"/>',
    backpack => '<path d="M80 40 Q100 14 120 40" fill="none" stroke="#2f4034"'
              . ' stroke-width="7"/><rect x="62" y="38" width="76"'
              . ' height="98" rx="22" fill="%s"/><rect x="74" y="88"'
              . ' width="52" height="36" rx="8" fill="#fff" opacity=".28"/>',
    wallet => '<rect x="48" y="50" width="104" height="70" rx="10" fill="%s"/>'
            . '<rect x="112" y="74" width="46" height="24" rx="10"'
            . ' fill="#6f4524"/><circle cx="124" cy="86" r="4" fill="#fff"/>',
    tote => '<path d="M74 66 Q74 26 100 26 Q126 26 126 66" fill="none"'
          . ' stroke="#a8893a" stroke-width="6"/>'
          . '<path fill="%s" d="M50 62H150L140 138H60z"/>',
    cup => '<path d="M124 64 Q152 64 150 84 Q148 102 122 102" fill="none"'
         . ' stroke="#b8563f" stroke-width="8"/><path fill="%s" d="M60 52'
         . ' H128 V106 Q128 128 106 128 H82 Q60 128 60 106z"/>'
         . '<path d="M82 40q-6-10 0-18M102 40q-6-10 0-18" fill="none"'
         . ' stroke="#9aa5b1" stroke-width="3"/>',
    lamp => '<path fill="%s" d="M78 28H122L142 78H58z"/><rect x="96" y="78"'
          . ' width="8" height="46" fill="#6b7680"/><rect x="72" y="122"'
          . ' width="56" height="10" rx="5" fill="#6b7680"/>',
    blanket => '<rect x="46" y="44" width="108" height="84" rx="12"'
             . ' fill="%s"/><path d="M46 66H154M46 88H154M46 110H154"'
             . ' stroke="#fff" stroke-width="4" opacity=".5"/>',
    knife => '<path fill="%s" d="M44 96 Q90 52 150 50 L150 72 L98 96z"/>'
           . '<rect x="28" y="92" width="58" height="16" rx="8"'
           . ' fill="#7f5539" transform="rotate(-6 57 100)"/>',
    tent => '<path fill="%s" d="M100 34 L160 128 H40z"/>'
          . '<path fill="#2f4a31" d="M100 62 L122 128 H78z"/>',
    bottle => '<rect x="88" y="24" width="24" height="18" rx="4"'
            . ' fill="#25496a"/><path fill="%s" d="M84 42H116Q126 52 126 66'
            . ' V126Q126 138 114 138H86Q74 138 74 126V66Q74 52 84 42z"/>'
            . '<rect x="74" y="78" width="52" height="26" fill="#fff"'
            . ' opacity=".3"/>',
    scissors => '<path d="M66 36 L118 104M134 36 L82 104" stroke="#8d99ae"'
              . ' stroke-width="9" stroke-linecap="round"/>'
              . '<g fill="none" stroke="%s" stroke-width="9">'
              . '<circle cx="72" cy="118" r="15"/>'
              . '<circle cx="128" cy="118" r="15"/></g>',
);

return sub {
    my $product = shift;
    my $shape = sprintf $shapes{ $product->{kind} }, $product->{tint};

    return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 160"'
        . ' width="400" height="320"><rect width="200" height="160"'
        . ' fill="#eef0ec"/><circle cx="100" cy="82" r="66" fill="#fff"/>'
        . "$shape</svg>\n";
};
