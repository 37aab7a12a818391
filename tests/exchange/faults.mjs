// Faults on demand, seen from a client's side, and the account behind them.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { Venue, equal, fail, run } from './venue.mjs';

const BIP = 'BIP-20DEC30-CDE', INTX = 'BTC-PERP-INTX';
const dir = fs.mkdtempSync('/tmp/exchange-faults-');
const options = ['--rate', '0', '--rate-public', '0', '--control', path.join(dir, 'control')];
const venue = await Venue.start(options, dir);

const order = (client = crypto.randomUUID(), price = '10000') => ({ client_order_id: client,
    product_id: BIP, side: 'BUY', order_configuration: { limit_limit_gtc: { base_size: '1',
        limit_price: price, post_only: true } } });
const place = (request) => venue.post('/orders', request);
const broken = (promise) => promise.then(({ status }) => fail(`answered ${status}`),
    (error) => error.code);
// The orders of one client id, as the venue itself lists them.
const known = async (client) => (await venue.get('/orders/historical/batch')).json.orders
    .filter(({ client_order_id: id }) => id === client);
const subscribed = async (channel, products, loose = true) => {
    const socket = await venue.connect({ loose });
    socket.subscribe(channel, products, channel === 'user' ? { jwt: venue.es256.token(null) } : {});
    return socket;
};

await run({
    // F01 | exchange | the venue accepts a create and drops the connection | the order is there
    async 'accept then drop'() {
        venue.rule('next 2 POST /orders: accept-then-drop');
        const requests = [order(), order()];
        for (const request of requests) {
            await broken(place(request));
            equal((await known(request.client_order_id)).length, 1, 'orders');
        }
        const again = await place(requests[0]); // sound, and the same order
        equal(again.json.success_response.order_id,
            (await known(requests[0].client_order_id))[0].order_id, 'the same order');
    },
    // F02 | exchange | the connection drops before the venue has read the create | no order
    async 'drop and silence'() {
        const request = order();
        venue.rule('at 1st POST /orders: drop', 'at 2nd POST /orders: reset');
        await broken(place(request));
        equal(await broken(place(request)), 'ECONNRESET', 'reset');
        equal((await known(request.client_order_id)).length, 0, 'orders');
    },
    // F03 | exchange | no reply, the venue books the create later | the order appears by itself
    async 'late'() {
        const request = order();
        venue.rule('next 1 POST /orders: late 2s');
        const unanswered = place(request).catch(() => null);
        equal((await known(request.client_order_id)).length, 0, 'at once');
        await venue.poll('/orders/historical/batch', ({ json }) => json.orders
            .some(({ client_order_id: id }) => id === request.client_order_id));
        venue.agent.destroy();
        await unanswered;
    },
    // F04 | exchange | an HTML page of status 502, the create booked or not | both are told apart by the list
    async 'pages'() {
        const [taken, not] = [order(), order()];
        venue.rule('at 1st POST /orders: accept-then-status 504', 'at 2nd POST /orders: html 502');
        const first = await place(taken), second = await place(not);
        equal(first.status, 504, 'status');
        if (!/^<!DOCTYPE html>/.test(first.text)) fail(first.text);
        equal(second.status, 502, 'status');
        equal((await known(taken.client_order_id)).length, 1, 'booked');
        equal((await known(not.client_order_id)).length, 0, 'not booked');
    },
    // F05 F67 | exchange | an undocumented 409 and a wave of 401 on creates | no order, the next one passes
    async 'statuses'() {
        venue.rule('at 1st POST /orders: status 409', 'after 0s next 2 GET /accounts: status 401');
        equal((await place(order())).status, 409, 'status');
        equal((await place(order())).status, 200, 'status');
        for (const status of [401, 401, 200])
            equal((await venue.get('/accounts')).status, status, 'accounts');
    },
    // F06 | exchange | success:false with the reason in each of the venue's error fields | no order
    async 'refusals'() {
        for (const field of ['error', 'message', 'error_details', 'preview_failure_reason',
            'new_order_failure_reason']) {
            venue.rule(`next 1 POST /orders: refuse ${field}=INSUFFICIENT_FUND`);
            const request = order(), { status, json } = await place(request);
            equal(status, 200, field);
            equal(json.success, false, field);
            equal(json.error_response[field], 'INSUFFICIENT_FUND', field);
            equal((await known(request.client_order_id)).length, 0, field);
        }
    },
    // F07 | exchange | a create's reply with a renamed, a missing and an unknown field | booked each time
    async 'fields'() {
        const says = async (rule) => {
            venue.rule(`next 1 POST /orders: ${rule}`);
            const request = order(), { json } = await place(request);
            equal((await known(request.client_order_id)).length, 1, rule);
            return json;
        };
        equal((await says('rename order_id=orderId')).success_response.orderId.length, 36, 'id');
        const omitted = await says('omit order_id');
        equal('order_id' in omitted.success_response, false, 'omitted');
        equal('product_id' in omitted.success_response, true, 'the rest');
        equal('venue_novelty' in await says('extra'), true, 'extra');
        equal(await says('truncate'), undefined, 'not JSON');
        equal((await says('set client_order_id="stranger"')).success_response.client_order_id,
            'stranger', 'set');
    },
    // F08 | exchange | 429 with and without Retry-After, and 418 | the status and the header are said
    async 'limits'() {
        venue.rule('at 1st GET /accounts: rate-limit', 'at 2nd GET /accounts: rate-limit 7s',
            'at 3rd GET /accounts: ban');
        const replies = [];
        for (let i = 0; i < 4; i++) replies.push(await venue.get('/accounts'));
        equal(replies.map(({ status }) => status).join(), '429,429,418,200', 'statuses');
        equal(replies.map(({ headers }) => headers['retry-after'] ?? '').join(), ',7,60,', 'after');
    },
    // F09 | exchange | the connection is reset after the create, and in the middle of its reply | booked
    async 'resets'() {
        for (const rule of ['accept-then-reset', 'reset-mid']) {
            venue.rule(`next 1 POST /orders: ${rule}`);
            const request = order();
            equal(await broken(place(request)), 'ECONNRESET', rule);
            equal((await known(request.client_order_id)).length, 1, rule);
        }
    },
    // AC-C3 | exchange | one create, carried out twice | two order ids of one client id
    async 'twice'() {
        venue.rule('next 1 POST /orders: twice');
        const request = order();
        await place(request);
        const orders = await known(request.client_order_id);
        equal(orders.length, 2, 'orders');
        equal(new Set(orders.map(({ order_id: id }) => id)).size, 2, 'ids');
        equal((await place(request)).json.success, true, 'known again');
        equal((await known(request.client_order_id)).length, 2, 'no third');
    },
    // F40 | exchange | the reply to a create is delayed | the user channel tells of the order first
    async 'delay'() {
        const socket = await subscribed('user');
        await socket.ack();
        venue.rule('next 1 POST /orders: delay 1500ms');
        const request = order();
        let replied = false;
        const reply = place(request).then((got) => { replied = true; return got; });
        await socket.until((frame) => frame.events?.[0].orders?.some(
            ({ client_order_id: id }) => id === request.client_order_id), 'its news');
        equal(replied, false, 'replied');
        equal((await reply).json.success, true, 'reply');
        socket.close();
    },
    // F20 F21 F22 | exchange | frames twice, out of order, and lost | as said, by their numbers
    async 'frames'() {
        venue.rule('at 3rd channel heartbeats: duplicate', 'at 5th channel heartbeats: reorder',
            'at 7th channel heartbeats: drop');
        const socket = await subscribed('heartbeats');
        const numbers = [];
        while (numbers.at(-1) !== 8)
            numbers.push((await socket.until((frame) => frame.channel === 'heartbeats'))
                .sequence_num);
        equal(numbers.join(), '1,2,3,3,4,6,5,8', 'numbers');
        socket.close();
    },
    // F24 AC-D3 | exchange | one channel is silent while heartbeats flow | no hole in the numbers
    async 'suppress'() {
        venue.rule('channel user: suppress');
        const socket = await subscribed('user', undefined, false);
        socket.subscribe('heartbeats');
        await place(order());
        for (let i = 0; i < 2; i++)
            await socket.until(({ channel }) => channel === 'heartbeats');
        equal(socket.frames.some(({ channel }) => channel === 'user'), false, 'user frames');
        socket.close();
    },
    // F26 | exchange | the venue closes on connect, on subscribe, and with a reset | closed, then sound
    async 'closes'() {
        venue.rule('next 2 connect: close', 'next 1 subscribe ticker: close');
        for (let i = 0; i < 2; i++) await (await venue.connect()).untilClosed();
        const socket = await subscribed('ticker', [INTX]);
        await socket.untilClosed();
        const sound = await subscribed('ticker', [INTX], false);
        await sound.ack();
        sound.close();
    },
    // F30 | exchange | numbers that are none in frames of one product | they arrive as the rule wrote them
    async 'numbers'() {
        for (const value of ['NaN', '1e400', '"-1"', '""', 'null', `"${'9'.repeat(40)}"`]) {
            venue.rule(`channel level2/${INTX}: set new_quantity=${value}`);
            const socket = await subscribed('level2', [INTX, BIP]);
            const hit = await socket.until(({ text }) => text.includes(INTX));
            if (!hit.text.includes(`"new_quantity":${value}`)) fail(hit.text.slice(0, 300));
            const other = await socket.until(({ text }) => text.includes(BIP));
            if (other.text.includes(`"new_quantity":${value}`)) fail('the other product too');
            socket.close();
        }
    },
    async 'rules are listed, cleared and refused with a reason'() {
        venue.rule('POST /orders: delay 1ms', 'chance 0.5 GET *: delay 1ms');
        equal(/^\d+ met 0 fired 0: POST \/orders: delay 1ms$/m.test(venue.fault('list').text), true,
            'list');
        const number = venue.fault('list').text.split(' ')[0];
        equal(venue.fault('clear', number).status, 0, 'clear');
        equal(venue.fault('list').text.includes('POST'), false, 'cleared');
        const wrong = venue.fault('POST /orders: dely 1s');
        equal(wrong.status, 1, 'status');
        if (!/did you mean 'delay'/.test(wrong.text)) fail(wrong.text);
        equal(fs.statSync(path.join(dir, 'control')).mode & 0o777, 0o600, 'mode');
    },
    async 'the same seed and script give the same faults'() {
        const seen = [];
        const script = path.join(dir, 'script');
        fs.writeFileSync(script, '# a third of them\nchance 0.3 GET /accounts: status 503\n');
        for (let i = 0; i < 2; i++) {
            const other = await Venue.start(['--rate', '0', '--seed', '7', '--faults', script]);
            const statuses = [];
            for (let j = 0; j < 30; j++) statuses.push((await other.get('/accounts')).status);
            seen.push(statuses.join());
            await other.stop();
        }
        equal(seen[0], seen[1], 'runs');
        if (!/503/.test(seen[0]) || !/200/.test(seen[0])) fail(seen[0]);
    },
    async 'a wrong script is said with its line'() {
        const script = path.join(dir, 'script');
        fs.writeFileSync(script, 'connect: close\n\nnext 2 POTS /orders: drop\n');
        const { status, stderr } = spawnSync(process.env.MOONGATE_EXCHANGE,
            ['fault', '--check', script], { encoding: 'utf8' });
        equal(status, 2, 'status');
        if (!/script: line 3: 'POTS' .* did you mean 'POST'/.test(stderr)) fail(stderr);
    },
    async 'the help teaches and docs/exchange.md holds the table'() {
        const says = (...words) => spawnSync(process.env.MOONGATE_EXCHANGE, ['fault', ...words],
            { encoding: 'utf8' }).stdout;
        if (!/next 2 POST \/orders: accept-then-drop/.test(says('--help'))) fail('help');
        const docs = fs.readFileSync(new URL('../../docs/exchange.md', import.meta.url), 'utf8');
        if (!docs.includes(says('--table'))) fail('docs/exchange.md: `fault --table` prints another');
    },
    async 'it ends well'() { await venue.stop(); },
});
