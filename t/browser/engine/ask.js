// Asks the scripted engine as other people's clients do: node ask.js URL.
// Prints what they made of its answers, as one JSON object.

const deepl = require('deepl-node');
const { OpenAI } = require('openai');

const url = process.argv[2];

// what a client throws, by its own name
async function told(asked) {
    try {
        return await asked;
    } catch (e) {
        return { error: e.constructor.name, message: e.message,
                 status: e.status, type: e.type };
    }
}

function translate(path, texts) {
    const client = new deepl.Translator('key-of-a-client', {
        serverUrl: url + path, maxRetries: 0 });

    return told(client.translateText(texts, 'en', 'es', {
        tagHandling: 'xml', outlineDetection: false, formality: 'less',
        glossary: 'a-glossary', splitSentences: 'nonewlines',
        preserveFormatting: true }));
}

function chat(path, form) {
    const client = new OpenAI({ baseURL: url + path + '/v1', maxRetries: 0,
                                apiKey: 'sk-of-a-client' });

    return told(client.chat.completions.create({
        model: 'test', response_format: form,
        messages: [
            { role: 'system',
              content: 'You translate texts from English (en) to Spanish (es).' },
            { role: 'user',
              content: '{"items":[{"id":203,"text":"Blue shirt"}]}' }] }));
}

(async () => {
    console.log(JSON.stringify({
        deepl: await translate('', ['Our <g1>soft</g1> bag &amp; more',
                                    'Blue shirt']),
        quota: await translate('/m/status=456', ['Blue shirt']),
        busy: await translate('/m/status=429', ['Blue shirt']),
        key: await translate('/m/status=403', ['Blue shirt']),
        chat: await chat('', { type: 'json_object' }),
        limit: await chat('/m/status=429', { type: 'json_object' }),
        long: await chat('/m/too_long', { type: 'json_object' }),
        form: await chat('/m/noformat', { type: 'json_object' }),
    }));
})();
