// The same shop by the older router, whose pages carry their state as JSON in
// <script id="__NEXT_DATA__">.

import Head from 'next/head';
import Link from 'next/link';
import { useState } from 'react';
import { find, products } from '../../products';

export async function getServerSideProps({ params }) {
    const product = find(params.id);

    return product
        ? { props: { product, others: products.filter((p) => p !== product),
                     label: 'Put into the basket' } }
        : { notFound: true };
}

export default function Classic({ product, others, label }) {
    const [count, setCount] = useState(0);

    return (
        <main>
            <Head>
                <title>{product.name}</title>
                <meta name="description" content={product.summary} />
            </Head>
            <h1 id="name">{product.name}</h1>
            <p id="own">Price: {product.price}</p>
            <p id="description">{product.description}</p>
            <div id="story" dangerouslySetInnerHTML={{ __html: product.story }} />
            <button id="buy" onClick={() => setCount(count + 1)}>
                {label}
            </button>
            <p><span id="count">{count}</span></p>
            <ul id="list">
                {others.map((p) => (
                    <li key={p.id}>
                        <Link id={'to-' + p.id} href={'/classic/' + p.id}>
                            {p.name}
                        </Link>
                    </li>
                ))}
            </ul>
        </main>
    );
}
