// Rates, scopes and replayed nonces: what the account is not allowed.
import fs from 'node:fs';
import path from 'node:path';
import * as fields from './fields.mjs';
import { check } from './fields.mjs';
import { Venue, PREFIX, equal, fail, run } from './venue.mjs';

async function flood(ask, limit) {
    let limited = null, passed = 0;
    // Two windows' worth and more, at once: some must be refused whatever second it is.
    const replies = await Promise.all(Array.from({ length: 3 * limit + 10 }, ask));
    for (const reply of replies) {
        equal(reply.headers['x-ratelimit-limit'], String(limit), 'x-ratelimit-limit');
        if (!/^[0-9]+$/.test(reply.headers['x-ratelimit-remaining'])) fail('remaining');
        if (!/^[0-9]+$/.test(reply.headers['x-ratelimit-reset'])) fail('reset');
        if (reply.status === 429) limited = reply;
        else passed += reply.status === 200;
    }
    if (!limited) fail('nothing was refused');
    check(limited.json, fields.limited);
    if (passed < limit) fail(`only ${passed} passed`);
}

await run({
    // F08 | exchange | more requests than the quota | 429 and the rate headers
    async 'thirty private and ten public requests a second'() {
        const venue = await Venue.start();
        const uri = `GET ${venue.host}${PREFIX}/accounts`, token = venue.ed25519.token(uri);
        venue.agent.maxSockets = 40;
        await flood(() => venue.get('/accounts', { token }), 30);
        await flood(() => venue.request('GET', '/time'), 10);
        // The other key has a budget of its own.
        equal((await venue.get('/accounts', { key: venue.es256 })).status, 200, 'the other key');
        await venue.stop();
    },
    async 'a key that may only view'() {
        const venue = await Venue.start();
        const file = path.join(venue.dir, 'public-keys.json');
        const keys = JSON.parse(fs.readFileSync(file, 'utf8'));
        keys.keys[0].permissions = ['view'];
        fs.writeFileSync(file, JSON.stringify(keys));
        const viewer = await Venue.start([], venue.dir);
        equal((await viewer.get('/accounts')).status, 200, 'view');
        const reply = await viewer.post('/orders', {});
        equal(reply.status, 403, 'trade');
        equal(reply.json.error_details, 'Missing required scopes', 'error_details');
        equal((await viewer.get('/key_permissions')).json.can_trade, false, 'can_trade');
        await viewer.stop();
        await venue.stop();
    },
    async 'a nonce is good once when told so'() {
        const venue = await Venue.start(['--reject-replay']);
        const token = venue.es256.token(`GET ${venue.host}${PREFIX}/accounts`);
        equal((await venue.get('/accounts', { token })).status, 200, 'once');
        equal((await venue.get('/accounts', { token })).status, 401, 'twice');
        await venue.stop();
    },
    async 'CDE takes no orders while it is closed'() {
        const venue = await Venue.start(['--session', 'closed']);
        const { json } = await venue.get('/products/BIP-20DEC30-CDE');
        equal(json.fcm_trading_session_details.is_session_open, false, 'open');
        equal(json.mid_market_price, '', 'no mid');
        const order = (id) => ({ client_order_id: id, product_id: id, side: 'BUY',
            order_configuration: { limit_limit_gtc: { base_size: '1', limit_price: '50000' } } });
        const refused = await venue.post('/orders', order('BIP-20DEC30-CDE'));
        equal(refused.json.error_response.error, 'INVALID_FCM_TRADING_SESSION', 'CDE');
        equal((await venue.post('/orders', order('BTC-PERP-INTX'))).json.success, true, 'INTX');
        const socket = await venue.connect();
        socket.subscribe('ticker', ['BIP-20DEC30-CDE']);
        const ticker = (await socket.until((frame) => frame.channel === 'ticker')).events[0];
        equal(ticker.tickers[0].best_bid, '', 'an empty quote');
        socket.close();
        await venue.stop();
    },
    async 'a new order may stay unseen for a while'() {
        const venue = await Venue.start(['--visible-ms', '500', '--rate', '0']);
        const { json } = await venue.post('/orders', { client_order_id: 'a', side: 'BUY',
            product_id: 'BTC-PERP-INTX', order_configuration: { limit_limit_gtc: {
                base_size: '0.01', limit_price: '50000' } } });
        const target = `/orders/historical/${json.success_response.order_id}`;
        const reply = await venue.get(target);
        equal(reply.status, 404, 'at once');
        equal(reply.json.error_details, 'order with this orderID was not found', 'words');
        check((await venue.poll(target, ({ status }) => status === 200)).json, fields.oneOrder);
        await venue.stop();
    },
});
