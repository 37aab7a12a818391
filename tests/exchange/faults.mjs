// Faults on demand, seen from a client's side, and the account behind them.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { Venue, equal, fail, run, sleep } from './venue.mjs';

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
    // F10 | exchange | a TLS record, a chunked body and a content-length that end early; gzip that grows | the client is told, the order is booked
    async 'broken transports'() {
        for (const rule of ['short-length', 'cut-chunked', 'cut-tls']) {
            venue.rule(`next 1 POST /orders: ${rule}`);
            const request = order();
            await broken(place(request));
            equal((await known(request.client_order_id)).length, 1, rule);
        }
        venue.rule('next 1 GET /accounts: gzip-bomb 64MB');
        const bomb = await venue.get('/accounts');
        equal(bomb.headers['content-encoding'], 'gzip', 'encoding');
        if (bomb.text.length > 256 * 1024) fail('not packed');
    },
    // F11 | exchange | the replies to two creates are swapped | each names the other's client id, both are booked
    async 'swap'() {
        venue.rule('next 2 POST /orders: swap');
        const requests = [order(), order()];
        const replies = await Promise.all(requests.map(place));
        replies.forEach(({ json }, i) => equal(json.success_response.client_order_id,
            requests[1 - i].client_order_id, 'client id'));
        for (const { client_order_id: id } of requests) equal((await known(id)).length, 1, 'booked');
    },
    // F13 | exchange | a create is answered with an old order | its fields are the old one's, nothing is booked
    async 'old order'() {
        venue.rule('next 1 POST /orders: old-order');
        const request = order(), { json } = await place(request);
        equal(json.success, true, 'success');
        if (json.success_response.client_order_id === request.client_order_id) fail('the new id');
        equal((await known(request.client_order_id)).length, 0, 'booked');
    },
    // F51 | exchange | a new order cannot be read and is in no list for a while | then it is
    async 'hide'() {
        venue.rule('next 1 POST /orders: hide 1500ms');
        const request = order(), { json } = await place(request);
        const id = json.success_response.order_id;
        equal((await venue.get(`/orders/historical/${id}`)).status, 404, 'hidden');
        equal((await known(request.client_order_id)).length, 0, 'hidden');
        await venue.poll(`/orders/historical/${id}`, ({ status }) => status === 200);
    },
    // F41 | exchange | the order fills before its cancel is carried out | ORDER_IS_FULLY_FILLED
    // F45 | exchange | a fill left out, doubled, in opposite order, the same page for ever | as said
    // F46 | exchange | the newest fill is corrected, then busted | REVERSAL and CORRECTION, the ledger follows
    async 'fills'() {
        const request = order(), { json } = await place(request);
        const id = json.success_response.order_id;
        await venue.poll(`/orders/historical/${id}`, ({ json: got }) => got.order.status === 'OPEN');
        venue.rule('next 1 POST /orders/batch_cancel: fill-orders');
        const cancel = await venue.post('/orders/batch_cancel', { order_ids: [id] });
        equal(cancel.json.results[0].failure_reason, 'ORDER_IS_FULLY_FILLED', 'cancel');
        const ids = async (query = '') => (await venue.get(`/orders/historical/fills${query}`)).json
            .fills.map(({ trade_id: trade }) => trade);
        const sound = await ids();
        if (sound.length < 2) fail('too few fills');
        venue.rule('at 1st GET /orders/historical/fills: skip-item 1',
            'at 2nd GET /orders/historical/fills: repeat-item 1',
            'at 3rd GET /orders/historical/fills: reverse');
        equal((await ids()).join(), sound.slice(1).join(), 'left out');
        equal((await ids()).join(), [sound[0], ...sound].join(), 'doubled');
        equal((await ids()).join(), [...sound].reverse().join(), 'reversed');
        venue.rule('GET /orders/historical/fills: same-page');
        equal((await ids('?limit=1&cursor=1')).join(), sound[0], 'the same page');
        const units = async () => Number((await venue.get('/cfm/positions')).json.positions
            .find(({ product_id: product }) => product === BIP)?.number_of_contracts ?? 0);
        const before = await units();
        venue.rule('venue: correct 2', 'after 1s venue: bust');
        const adjusted = await venue.poll('/orders/historical/fills', ({ json: got }) =>
            got.fills.length === sound.length + 3);
        equal(adjusted.json.fills.slice(0, 3).map(({ trade_type: type }) => type).join(),
            'REVERSAL,CORRECTION,REVERSAL', 'kinds');
        equal(Number(adjusted.json.fills[1].price), Number(adjusted.json.fills[2].price) + 10, 'price');
        equal(await units(), before - 1, 'the position follows');
    },
    // F42 | exchange | a cancel is taken and the order stays CANCEL_QUEUED | until the rule ends it is live
    async 'cancel-time'() {
        venue.rule('venue: cancel-time 2s');
        const { json } = await place(order());
        const id = json.success_response.order_id, at = `/orders/historical/${id}`;
        await venue.poll(at, ({ json: got }) => got.order.status === 'OPEN');
        await venue.post('/orders/batch_cancel', { order_ids: [id] });
        equal((await venue.get(at)).json.order.status, 'CANCEL_QUEUED', 'status');
        await venue.poll(at, ({ json: got }) => got.order.status === 'CANCELLED');
    },
    // F48 | exchange | the venue cancels and expires orders by itself | terminal with its words
    async 'ended by the venue'() {
        for (const [rule, status] of [['cancel-orders margin call', 'CANCELLED'],
            ['expire-orders', 'EXPIRED']]) {
            const { json } = await place(order()), id = json.success_response.order_id;
            await venue.poll(`/orders/historical/${id}`, ({ json: got }) =>
                got.order.status === 'OPEN');
            venue.rule(`venue: ${rule}`);
            const ended = await venue.poll(`/orders/historical/${id}`, ({ json: got }) =>
                got.order.status === status);
            if (status === 'CANCELLED')
                equal(ended.json.order.cancel_message, 'margin call', 'words');
        }
    },
    // F44 F52 | exchange | another client of the account trades | an order of a strange client id, filled
    // F54 AC-A4 | exchange | the venue deleverages, then closes the position | half of it, then flat by a liquidation order
    async 'strangers'() {
        const strangers = async (prefix) => (await venue.get('/orders/historical/batch')).json.orders
            .filter(({ client_order_id: id, status }) => id.startsWith(prefix) && status === 'FILLED');
        venue.rule(`venue: order BUY 2 ${BIP}`);
        await venue.poll('/cfm/positions', ({ json }) => json.positions.length === 1);
        equal((await strangers('another-client-')).length, 1, 'order');
        const held = async () => Number((await venue.get('/cfm/positions')).json
            .positions[0].number_of_contracts);
        const before = await held();
        venue.rule(`venue: deleverage ${BIP}`);
        await venue.poll('/cfm/positions', ({ json }) =>
            Number(json.positions[0].number_of_contracts) === Math.ceil(before / 2));
        equal((await strangers('deleverage-')).some(({ is_liquidation: is }) => is), false, 'said');
        venue.rule('venue: liquidate');
        await venue.poll('/cfm/positions', ({ json }) => json.positions.length === 0);
        equal((await strangers('liquidation-')).every(({ is_liquidation: is }) => is), true, 'said');
    },
    // F53 | exchange | money comes in between two reads | the balance differs by it
    async 'transfer'() {
        const cash = async () => Number((await venue.get('/cfm/balance_summary')).json
            .balance_summary.cfm_usd_balance.value);
        const before = await cash();
        venue.rule('venue: transfer -500');
        await venue.poll('/cfm/balance_summary', ({ json }) =>
            Number(json.balance_summary.cfm_usd_balance.value) === before - 500);
    },
    // F69 | exchange | cancel-only, post-only, another tick, delisted, session closed | shown, refused, and over when cleared
    async 'product states'() {
        const shown = async (field) => (await venue.get(`/products/${BIP}`)).json?.[field];
        const says = async (rule, reason, request = order()) => {
            venue.rule(`venue: ${rule}`);
            await venue.poll('/accounts', () => /fired 1/.test(venue.fault('list').text));
            equal((await place(request)).json.error_response?.error, reason, rule);
        };
        await says(`product ${BIP} cancel_only=true`, 'ORDER_ENTRY_DISABLED');
        equal(await shown('cancel_only'), true, 'cancel_only');
        await says(`product ${BIP} price_increment=15`, 'INVALID_PRICE_PRECISION');
        equal(await shown('price_increment'), '15', 'tick');
        const taker = order();
        delete taker.order_configuration.limit_limit_gtc.post_only;
        await says(`product ${BIP} post_only=true`, 'UNSUPPORTED_ORDER_CONFIGURATION', taker);
        await says(`product ${BIP} delisted=true`, 'INVALID_PRODUCT_ID');
        equal((await venue.get(`/products/${BIP}`)).status, 404, 'delisted');
        await says('session-closed', 'INVALID_FCM_TRADING_SESSION');
        venue.fault('clear');
        equal((await place(order())).json.success, true, 'as before');
    },
    // F66 AC-I2 | exchange | the venue's clock is an hour ahead | time and Date say so, tokens of now are refused
    async 'clock'() {
        venue.rule('venue: clock 1h');
        const ahead = await venue.poll('/time', ({ json }) =>
            Number(json.epochSeconds) - Date.now() / 1000 > 3000);
        if (Date.parse(ahead.headers.date) - Date.now() < 3000000) fail(ahead.headers.date);
        equal((await venue.get('/accounts')).status, 401, 'a token that is an hour old');
        venue.fault('clear');
        equal((await venue.get('/accounts')).status, 200, 'again');
    },
    // F25 | exchange | the connection stays open and is neither read nor written | no frame, no pong, no close
    // F23 | exchange | an error frame, then silence | nothing follows
    // F27 | exchange | a subscription without any acknowledgement | nothing follows
    async 'frozen and mute'() {
        venue.rule('next 1 subscribe ticker: freeze', 'next 1 subscribe candles: mute',
            'next 1 subscribe status: error authentication failure');
        const sockets = [];
        for (const channel of ['ticker', 'candles', 'status'])
            sockets.push(await subscribed(channel, [INTX]));
        const witness = await subscribed('heartbeats');
        for (let i = 0; i < 3; i++) await witness.until(({ channel }) => channel === 'heartbeats');
        equal(sockets.map(({ frames }) => frames.length).join(), '0,0,1', 'frames');
        equal(sockets[2].frames[0].message, 'authentication failure', 'error');
        equal(sockets.slice(1).some(({ closed }) => closed), false, 'closed');
        for (const socket of [...sockets, witness]) socket.close();
    },
    // F28 | exchange | a snapshot of 10 MB, one of 100 MB, one in fragments of a byte | they arrive whole
    async 'giants'() {
        for (const size of [10, 100]) { // counted as bytes: nobody here reads 100 MB of JSON
            venue.rule(`next 1 channel level2: giant ${size}MB`);
            const large = await venue.connect({ loose: true });
            let bytes = 0;
            large.stream.removeAllListeners('data');
            large.stream.on('data', (piece) => { bytes += piece.length; });
            large.subscribe('level2', [INTX]);
            for (let i = 0; i < 3000 && bytes < size * 1024 * 1024; i++) await sleep(20);
            if (bytes < size * 1024 * 1024) fail(`${bytes} bytes`);
            large.close();
        }
        venue.rule('next 1 channel subscriptions: fragment 1B');
        const socket = await subscribed('heartbeats', undefined, false);
        await socket.ack();
        socket.close();
    },
    // F29 | exchange | deep, doubled, badly encoded, marked and cut JSON in frames | as the rule says
    async 'spoiled frames'() {
        for (const [rule, wanted] of [['deep 5000', /\[{5000}\]{5000}/],
            ['duplicate-keys', /"channel":"heartbeats","channel":"heartbeats"/],
            ['bad-utf8', /"venue_note":"\ufffd/], ['bom', /^\ufeff\{/], ['truncate', /[^}]$/]]) {
            venue.rule(`channel heartbeats: ${rule}`);
            const socket = await subscribed('heartbeats');
            await socket.until(({ text }) => wanted.test(text), rule);
            socket.close();
        }
    },
    // F32 | exchange | a crossed, a locked and an empty book | the snapshot shows it
    async 'books'() {
        const best = async (rule) => {
            venue.rule(`channel level2: ${rule}`);
            const socket = await subscribed('level2', [INTX]);
            const frame = await socket.until(({ channel }) => channel === 'l2_data');
            socket.close();
            const of = (side) => frame.events[0].updates.filter(({ side: got }) => got === side)
                .map(({ price_level: price }) => Number(price));
            return [Math.max(...of('bid')), Math.min(...of('offer'))];
        };
        const [bid, ask] = await best('crossed');
        if (bid <= ask) fail(`${bid} ${ask}`);
        const [same, other] = await best('locked');
        equal(same, other, 'locked');
        equal((await best('empty-list')).join(), '-Infinity,Infinity', 'empty');
    },
    // F22 AC-D1 | exchange | numbers are passed over | a hole of that size
    async 'gap'() {
        venue.rule('at 2nd channel heartbeats: gap 5');
        const socket = await subscribed('heartbeats'), numbers = [];
        while (numbers.length < 3)
            numbers.push((await socket.until(({ channel }) => channel === 'heartbeats')).sequence_num);
        equal(numbers.join(), '1,7,8', 'numbers');
        socket.close();
    },
    // F68 | exchange | an expired certificate and one of another host, live | no connection; sound when cleared
    async 'certificates'() {
        const fresh = async () => {
            venue.agent.destroy();
            return venue.request('GET', '/time').then(({ status }) => status, ({ code }) => code);
        };
        for (const [file, code] of [['expired.pem', 'CERT_HAS_EXPIRED'],
            ['wrong-host.pem', 'ERR_TLS_CERT_ALTNAME_INVALID']]) {
            venue.rule(`venue: certificate ${path.join(dir, file)}`);
            let got;
            for (let i = 0; i < 1000 && got !== code; i++) got = await fresh();
            equal(got, code, file);
        }
        venue.fault('clear');
        equal(await fresh(), 200, 'again');
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
