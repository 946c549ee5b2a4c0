import Link from 'next/link';

export const metadata = {
    title: 'The wool shop',
    description: 'Clothes of wool for people who go outside.',
};

export default function Layout({ children }) {
    return (
        <html lang="en">
            <body>
                <nav id="nav">
                    <Link id="home" href="/" prefetch={false}>All products</Link>
                </nav>
                {children}
                <footer id="foot">Warm wishes from the harbour</footer>
            </body>
        </html>
    );
}
