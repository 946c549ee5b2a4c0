#!/usr/bin/env perl

# Guards against: search engines that read a product's name in another language
# than its page's, and prices, brands or reviews that change.  Seen to fail with
# types of schema.org not looked at, and with the scripts' texts not asked for.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::State;
use Test::More;

my $page = <<'END';
<!doctype html><title>{{Blue hat}}</title><h1>{{Blue hat}}</h1>
<p>{{Acme}}</p><p>{{Warm and soft}}</p><blockquote>{{Fine thing}}</blockquote>
<script type="application/ld+json">
{ "name": "{{Blue hat}}", "@context": "https://schema.org", "@type": "Product",
  "description": "  {{Only told to machines}}\n", "sku": "Blue hat",
  "gtin13": "4006381333931", "url": "https://a.test/Blue hat",
  "brand": { "@type": "Brand", "name": "Acme" }, "material": "{{Warm and soft}}",
  "offers": [ { "@type": "Offer", "price": "19.90", "priceCurrency": "EUR",
    "description": "{{Free returns}}", "availability": "InStock" } ],
  "aggregateRating": { "@type": "AggregateRating", "ratingValue": "4.5" },
  "review": { "@type": "Review", "name": "Fine thing",
    "reviewBody": "Fine thing", "author": "Ann" } }
</script>
<script type="application/ld+json">{ "@type": "Product", "name": "Blue hat" </script>
<script>var x = { "name": "Blue hat" };</script>
END

my $shop = AIF::State->new(
    '', '/page' => [type => 'text/html; charset=utf-8',
                    body => AIF::State->en($page)]);
END { undef $shop }

my $r = $shop->warm('/page');

is($shop->{first}{body}, AIF::State->en($page), 'first as the shop sent it');
is($r->{body}, AIF::State->es($page), 'then names and descriptions');
like($r->{headers}{'x-ai'}, qr{^es; HIT; 8/8$}, 'which count as texts');

is_deeply([$shop->complaints], [], 'the log has no complaint');

done_testing;
