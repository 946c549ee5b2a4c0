/*
 * Makes of every form with the class "ai-assistant" one that is answered in its
 * place, word by word, by the handler that its action names (ai_assistant).
 * Without this script the form is sent, and answered by a page.
 *
 *     <link rel="stylesheet" href="/widget/assistant.css">
 *     <script src="/widget/assistant.js" defer></script>
 *
 *     <form class="ai-assistant" action="/ai/ask" method="post">
 *         <label for="ai-question">Ask about this product</label>
 *         <textarea id="ai-question" name="question" maxlength="500" rows="2"
 *                   required></textarea>
 *         <input type="hidden" name="page" value="/product/1">
 *         <button>Ask</button>
 *     </form>
 *
 * data-contact, data-sources and data-failed on the form are its other words.
 * It writes text only, never markup, and keeps what was said until the page is
 * left.
 */

'use strict';

(function () {
    const MOST = 10;                 // entries of the history

    const word = (form, name, own) => form.dataset[name] || own;

    function add(parent, name, className, text) {
        const element = document.createElement(name);

        if (className) {
            element.className = className;
        }

        if (text) {
            element.textContent = text;
        }

        return parent.appendChild(element);
    }

    // Only what can be no script: a path, or an address of these kinds.

    function link(parent, url, text) {
        if (!/^(?:\/(?!\/)|https?:|mailto:|tel:)/i.test(url)) {
            return;
        }

        add(parent, 'a', '', text || url).href = url;
    }

    // Server-sent events by fetch(): EventSource can't post.

    async function events(response, handler) {
        const reader = response.body.getReader();
        const decoder = new TextDecoder();
        let rest = '';

        for (;;) {
            const { done, value } = await reader.read();

            if (done) {
                return;
            }

            rest += decoder.decode(value, { stream: true });

            const parts = rest.split('\n\n');
            rest = parts.pop();

            for (const part of parts) {
                const found = /^event: (\w+)\ndata: (.*)$/.exec(part);

                if (found) {
                    handler(found[1], JSON.parse(found[2]));
                }
            }
        }
    }

    function begin(form) {
        const input = form.elements.question;
        const button = form.querySelector('button');
        const log = document.createElement('div');
        const history = [];

        // the answer is read out when it is whole: not word by word

        log.setAttribute('role', 'log');
        log.setAttribute('aria-live', 'polite');
        log.setAttribute('aria-label', form.querySelector('label').textContent);
        log.className = 'ai-assistant-log';
        form.prepend(log);

        async function ask() {
            const question = input.value.trim();
            const entry = add(log, 'div', 'ai-assistant-said');
            const sources = [];
            let ended = false;

            add(entry, 'p', 'ai-assistant-question', question);
            const answer = add(entry, 'p', 'ai-assistant-answer');

            log.setAttribute('aria-busy', 'true');
            button.disabled = true;

            function contact(url) {
                if (url) {
                    link(add(entry, 'p'), url,
                         word(form, 'contact', 'Contact us'));
                }
            }

            function fail(what) {
                ended = true;
                answer.textContent = word(form, 'failed',
                                          'Please try again later.');
                contact(what && what.contact);
            }

            function handle(kind, data) {
                if (kind === 'token') {
                    answer.textContent += data.text;

                } else if (kind === 'source') {
                    sources.push(data);

                } else if (kind === 'error') {
                    fail(data);

                } else if (kind === 'done') {
                    ended = true;

                    if (!data.answered) {
                        answer.textContent = data.answer;
                        contact(data.contact);
                        return;
                    }

                    if (data.ai) {
                        answer.dataset.ai = data.ai;
                    }

                    history.push({ question, answer: answer.textContent });
                    history.splice(0, history.length - MOST);

                    if (sources.length) {
                        const p = add(entry, 'p', 'ai-assistant-sources',
                                      word(form, 'sources', 'Sources') + ': ');

                        sources.forEach((source, i) => {
                            p.append(i ? ', ' : '');
                            link(p, source.url, source.title);
                        });
                    }
                }
            }

            try {
                const response = await fetch(form.action, {
                    method: 'POST',
                    headers: { 'Content-Type': 'application/json',
                               'Accept': 'text/event-stream' },
                    body: JSON.stringify({
                        question,
                        page: form.elements.page
                              ? form.elements.page.value : location.pathname,
                        locale: document.documentElement.lang || null,
                        history
                    })
                });

                if (response.ok) {
                    await events(response, handle);
                }

            } catch (error) {
                // the network's: said below
            }

            if (!ended) {
                fail();
            }

            log.setAttribute('aria-busy', 'false');
            button.disabled = false;
            input.value = '';
            input.focus();
        }

        form.addEventListener('submit', (event) => {
            event.preventDefault();

            if (!button.disabled && input.value.trim()) {
                ask();
            }
        });

        // Enter sends, as in every chat; with Shift it is a new line

        input.addEventListener('keydown', (event) => {
            if (event.key === 'Enter' && !event.shiftKey
                && !event.isComposing)
            {
                event.preventDefault();
                form.requestSubmit();
            }
        });
    }

    document.querySelectorAll('form.ai-assistant').forEach(begin);
}());
