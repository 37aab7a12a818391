// Reads, refusals and tokens over REST.
import crypto from 'node:crypto';
import * as fields from './fields.mjs';
import { check } from './fields.mjs';
import { Venue, PREFIX, equal, fail, run } from './venue.mjs';

const BIP = 'BIP-20DEC30-CDE', INTX = 'BTC-PERP-INTX';
const venue = await Venue.start(['--tape', process.env.MOONGATE_TAPE, '--rate', '0',
    '--rate-public', '0']);

async function reads(target, spec, where = target) {
    const reply = await venue.get(target);
    equal(reply.status, 200, target);
    equal(reply.headers['content-type'], 'application/json', 'content-type');
    check(reply.json, spec, where);
    return reply;
}

async function fails(promise, status, spec, message) {
    const reply = await promise;
    equal(reply.status, status, `status of ${reply.text.slice(0, 200)}`);
    check(reply.json, spec);
    if (message && !message.test(reply.text)) fail(`${reply.text} lacks ${message}`);
    return reply;
}

await run({
    async 'the time needs no token'() {
        const reply = await venue.request('GET', '/time');
        check(reply.json, fields.time);
        equal(Math.floor(Number(reply.json.epochMillis) / 1000), Number(reply.json.epochSeconds),
            'seconds');
    },
    async 'eight futures are listed, each whole'() {
        const { json } = await reads('/products?product_type=FUTURE', fields.products);
        equal(json.num_products, 8, 'num_products');
        const open = await venue.request('GET', '/market/products?product_type=FUTURE');
        check(open.json, fields.products);
        const bip = json.products.find(({ product_id: id }) => id === BIP);
        check(bip, fields.cdeProduct);
        equal(bip.price_increment, '5', 'tick');
        equal(bip.base_increment, '1', 'step');
        equal(bip.future_product_details.contract_size, '0.01', 'contract');
        equal(bip.future_product_details.contract_expiry_type, 'EXPIRING', 'expiry type');
        equal(bip.future_product_details.perpetual_details.funding_rate, '', 'inner rate');
        const intx = json.products.find(({ product_id: id }) => id === INTX);
        check(intx, fields.intxProduct);
        equal(intx.price_increment, '0.1', 'tick');
        equal(intx.base_increment, '0.0001', 'step');
        check((await venue.get(`/products/${BIP}`)).json, fields.cdeProduct);
        check((await venue.request('GET', `/market/products/${INTX}`)).json, fields.intxProduct);
    },
    async 'lists are filtered as asked'() {
        const count = async (query) => (await reads(`/products${query}`, fields.products)).json
            .num_products;
        equal(await count(''), 0, 'spot alone by default');
        equal(await count('?product_type=FUTURE&contract_expiry_type=PERPETUAL'), 4, 'INTX');
        equal(await count('?product_type=FUTURE&contract_expiry_type=EXPIRING'), 4, 'CDE');
        equal(await count(`?product_ids=${BIP}&product_ids=${INTX}`), 2, 'by id');
        equal(await count('?product_type=FUTURE&limit=3&offset=6'), 2, 'by page');
        equal(await count('?get_all_products=true'), 8, 'all');
    },
    async 'books are sorted and not crossed'() {
        for (const id of [BIP, INTX, 'ETH-PERP-INTX', 'XPP-20DEC30-CDE']) {
            const { json } = await reads(`/product_book?product_id=${id}`, fields.productBook);
            const { bids, asks } = json.pricebook;
            if (bids.length < 5 || asks.length < 5) fail(`${id}: thin`);
            bids.slice(1).forEach((level, i) => Number(level.price) < Number(bids[i].price) ||
                fail(`${id}: bids`));
            asks.slice(1).forEach((level, i) => Number(level.price) > Number(asks[i].price) ||
                fail(`${id}: asks`));
            if (!(Number(bids[0].price) < Number(asks[0].price))) fail(`${id}: crossed`);
            [...bids, ...asks].forEach(({ size }) => Number(size) > 0 || fail(`${id}: size`));
        }
        const short = await reads(`/product_book?product_id=${BIP}&limit=2`, fields.productBook);
        equal(short.json.pricebook.bids.length, 2, 'limit');
        for (const { price, size } of short.json.pricebook.bids) {
            equal(Number(price) % 5, 0, 'tick of CDE');
            equal(Number(size) % 1, 0, 'whole contracts');
        }
        await reads('/best_bid_ask', fields.bestBidAsk);
        const one = await reads(`/best_bid_ask?product_ids=${BIP}`, fields.bestBidAsk);
        equal(one.json.pricebooks.length, 1, 'one product');
        await fails(venue.get('/product_book'), 400, fields.failure);
        await fails(venue.get('/product_book?product_id=NO'), 404, fields.failure);
        await fails(venue.get('/products/NO'), 404, fields.failure);
    },
    async 'trades and candles'() {
        const reply = await venue.poll(`/products/${INTX}/ticker?limit=5`,
            ({ json }) => json.trades.length === 5);
        check(reply.json, fields.ticker);
        const ids = reply.json.trades.map(({ trade_id: id }) => Number(id));
        ids.slice(1).forEach((id, i) => id < ids[i] || fail('newest first'));
        const now = Math.floor(Date.now() / 1000);
        const range = `start=${now - 600}&end=${now + 60}`;
        const { json } = await reads(`/products/${INTX}/candles?${range}&granularity=ONE_MINUTE`,
            fields.candles);
        if (json.candles.length < 1) fail('no candle');
        await fails(venue.get(`/products/${INTX}/candles?${range}`), 400, fields.failure);
        await fails(venue.get(`/products/${INTX}/candles?start=1&end=${now}&granularity=ONE_DAY`),
            400, fields.failure);
    },
    async 'the account'() {
        const { json } = await reads('/accounts', fields.accounts);
        await reads(`/accounts/${json.accounts[0].uuid}`, fields.oneAccount);
        await fails(venue.get('/accounts/00000000-0000-0000-0000-000000000000'), 404,
            fields.failure);
        const all = await reads('/portfolios', fields.portfolios);
        for (const { uuid } of all.json.portfolios)
            await reads(`/portfolios/${uuid}`, fields.breakdown);
        const intx = await reads('/portfolios?portfolio_type=INTX', fields.portfolios);
        equal(intx.json.portfolios.length, 1, 'INTX portfolios');
        const { uuid } = intx.json.portfolios[0];
        await reads(`/intx/portfolio/${uuid}`, fields.intxPortfolio);
        await reads(`/intx/positions/${uuid}`, fields.intxPositions);
        await reads(`/intx/balances/${uuid}`, fields.intxBalances);
        await fails(venue.get('/intx/portfolio/nobody'), 404, fields.failure);
        await reads('/cfm/balance_summary', fields.balanceSummary);
        await reads('/cfm/positions', fields.cfmPositions);
        await reads('/cfm/intraday/margin_setting', fields.marginSetting);
        await reads('/cfm/intraday/current_margin_window', fields.marginWindow);
        await reads('/key_permissions', fields.permissions);
        await reads('/transaction_summary?product_type=FUTURE', fields.transactionSummary);
        await reads('/orders/historical/batch', fields.orders);
        await reads('/orders/historical/fills', fields.fills);
    },
    async 'REST writes a space after each comma between members'() {
        const { text, json } = await venue.get('/accounts');
        equal(text, JSON.stringify(json, null, 1).replace(/\n\s*/g, (_, at, whole) =>
            whole[at - 1] === ',' ? ' ' : '').replace(/": /g, '":'), 'the reply');
    },
    async 'unknown paths and methods'() {
        await fails(venue.get('/nothing'), 404, fields.failure);
        await fails(venue.signed('DELETE', '/accounts'), 405, fields.failure);
        const outside = await venue.request('GET', '/../../../etc/passwd');
        if (outside.status < 400) fail(`outside: ${outside.status}`);
    },
    async 'a body with GET is heard out'() {
        const reply = await venue.signed('GET', '/accounts', { body: '{}' });
        check(reply.json, fields.accounts);
    },
    async 'both kinds of key sign'() {
        for (const key of [venue.es256, venue.ed25519]) {
            const reply = await venue.get('/accounts', { key });
            equal(reply.status, 200, key.name);
        }
    },
    async 'tokens: what is taken'() {
        const path = `${PREFIX}/accounts`, key = venue.es256;
        const now = Math.floor(Date.now() / 1000);
        const takes = async (token, what) =>
            equal((await venue.get('/accounts', { token })).status, 200, what);
        await takes(key.token(`GET 127.0.0.1${path}`), 'host without port');
        await takes(key.token(null, { uris: [`GET ${venue.host}${path}`] }), 'uris');
        await takes(key.token(`GET ${venue.host}${path}`, { iss: 'coinbase-cloud',
            aud: ['retail_rest_api_proxy'] }), 'the older issuer');
        await takes(key.token(`GET ${venue.host}${path}`, {}, { typ: undefined }), 'no typ');
        await takes(key.token(`GET ${venue.host}${path}`, { nbf: now + 3, exp: now + 123 }),
            'a little skew');
        const again = key.token(`GET ${venue.host}${path}`);
        await takes(again, 'once');
        await takes(again, 'and again');
    },
    async 'tokens: what is refused'() {
        const uri = `GET ${venue.host}${PREFIX}/accounts`, key = venue.es256;
        const now = Math.floor(Date.now() / 1000), good = key.token(uri);
        const parts = good.split('.');
        const forged = crypto.randomBytes(64).toString('base64url');
        const cases = {
            'another path': key.token(`GET ${venue.host}${PREFIX}/orders`),
            'another method': key.token(`POST ${venue.host}${PREFIX}/accounts`),
            'another host': key.token(`GET api.coinbase.com${PREFIX}/accounts`),
            'a query in the uri': key.token(`${uri}?limit=1`),
            'no uri': key.token(null),
            'expired': key.token(uri, { nbf: now - 300, exp: now - 180 }),
            'not yet': key.token(uri, { nbf: now + 60, exp: now + 180 }),
            'too long a life': key.token(uri, { nbf: now, exp: now + 3600 }),
            'another issuer': key.token(uri, { iss: 'me' }),
            'another subject': key.token(uri, { sub: 'me' }),
            'an unknown key': key.token(uri, { sub: 'me' }, { kid: 'me' }),
            'the other key\'s name': key.token(uri, { sub: venue.ed25519.name },
                { kid: venue.ed25519.name }),
            'alg none': key.token(uri, {}, { alg: 'none' }),
            'alg mixed up': key.token(uri, {}, { alg: 'EdDSA' }),
            'a forged signature': `${parts[0]}.${parts[1]}.${forged}`,
            'a changed claim': `${parts[0]}.${Buffer.from(JSON.stringify({ sub: key.name,
                iss: 'cdp', nbf: now, exp: now + 119, uri })).toString('base64url')}.${parts[2]}`,
            'no signature': `${parts[0]}.${parts[1]}.`,
            'no token at all': 'x',
        };
        for (const [what, token] of Object.entries(cases)) {
            const reply = await venue.get('/accounts', { token });
            equal(reply.status, 401, what);
            check(reply.json, fields.unauthorized, what);
        }
        const bare = await venue.request('GET', '/accounts');
        equal(bare.status, 401, 'no header');
        equal(bare.text, 'Unauthorized\n', 'the bare text');
    },
    async 'public data may be a second old, unless asked otherwise'() {
        const ask = (headers = {}) => venue.request('GET',
            `/market/product_book?product_id=${INTX}&limit=1`, { headers });
        const fresh = { 'cache-control': 'no-cache' };
        const pair = [await ask(fresh), await ask(fresh)].map(({ json }) => json.pricebook.time);
        if (pair[0] === pair[1]) fail('no-cache gave a copy');
        for (let i = 0; i < 100; i++) { // two in a row within one second, sooner or later
            const [one, two] = [await ask(), await ask()];
            if (one.text === two.text) return;
        }
        fail('never a copy');
    },
    async 'it ends well'() { await venue.stop(); },
});
