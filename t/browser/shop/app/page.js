import Link from 'next/link';
import { products } from '../products';

export const dynamic = 'force-dynamic';

export default function Home() {
    return (
        <main>
            <h1 id="name">Everything that we knit</h1>
            <ul id="list">
                {products.map((p) => (
                    <li key={p.id}>
                        <Link id={'to-' + p.id} href={'/product/' + p.id}>
                            {p.name}
                        </Link>
                        {': '}
                        <span className="summary">{p.summary}</span>
                    </li>
                ))}
            </ul>
        </main>
    );
}
