'use client';

import { useState } from 'react';

// The label, the details and the question come with the page.  The words
// around the count are this component's own: they are in its script only.

export default function Basket({ label, price, details, question }) {
    const [count, setCount] = useState(0);
    const [open, setOpen] = useState(false);

    return (
        <section>
            <button id="buy" onClick={() => setCount(count + 1)}>
                {label}
            </button>
            <p id="own">In your basket now: <span id="count">{count}</span></p>
            <p id="price">{(price * (count || 1)).toFixed(2)}</p>
            <input id="question" placeholder={question} />
            <button id="open" onClick={() => setOpen(!open)}>{label}</button>
            {open && <ul id="details">
                {details.map((d) => <li key={d}>{d}</li>)}
            </ul>}
        </section>
    );
}
