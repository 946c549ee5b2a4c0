import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { find, products, reviews } from '../../../products';
import Basket from './basket';

export const dynamic = 'force-dynamic';

// params is a promise in Next.js 15 and an object before

export async function generateMetadata({ params }) {
    const product = find((await params).id);

    return product && { title: product.name, description: product.summary };
}

async function Reviews({ id }) {
    return (
        <ul id="reviews">
            {(await reviews(id)).map((r) => (
                <li key={r.who}><span>{r.who}</span>: {r.text}</li>
            ))}
        </ul>
    );
}

export default async function Product({ params }) {
    const product = find((await params).id);

    if (!product) {
        notFound();
    }

    const others = products.filter((p) => p !== product);

    return (
        <main>
            <link rel="canonical" href={'/product/' + product.id} />
            <h1 id="name">{product.name}</h1>
            <p id="inline">
                Our <b>soft</b> wool is <em>not &quot;scratchy&quot;</em> &amp;
                stays <a href="#care">easy to <i>care</i> for</a>.
            </p>
            <p id="adjacent">
                Hurry: {product.stock} pieces in {product.colour} are left!
            </p>
            <p id="description">{product.description}</p>
            <p id="note">{product.note}</p>
            <div id="story" dangerouslySetInnerHTML={{ __html: product.story }} />
            <img id="picture" alt={'Picture of ' + product.name} width="8"
                height="8" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" />
            <Basket label="Put into the basket" price={product.price}
                details={product.details}
                question="What would you like to know?" />
            <Suspense fallback={<p>Asking our customers</p>}>
                <Reviews id={product.id} />
            </Suspense>
            <h2 id="more">You may like these too</h2>
            <ul id="list">
                {others.map((p) => (
                    <li key={p.id}>
                        <Link id={'to-' + p.id} href={'/product/' + p.id}>
                            {p.name}
                        </Link>
                    </li>
                ))}
            </ul>
        </main>
    );
}
