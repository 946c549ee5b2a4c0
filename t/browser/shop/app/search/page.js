import Link from 'next/link';
import { search } from '../../products';

export const dynamic = 'force-dynamic';

export default async function Search({ searchParams }) {
    const { q } = await searchParams;
    const found = search(q || '');

    return (
        <main>
            <h1 id="name">What we found</h1>
            <p id="adjacent">{found.length} products for you</p>
            <ul id="list">
                {found.map((p) => (
                    <li key={p.id}>
                        <Link id={'to-' + p.id} href={'/product/' + p.id}>
                            {p.name}
                        </Link>
                        <p className="summary">{p.summary}</p>
                    </li>
                ))}
            </ul>
        </main>
    );
}
