// The WebSocket: the order of frames, each frame's fields, books that can be followed.
import * as fields from './fields.mjs';
import { check, checkFrame } from './fields.mjs';
import { Venue, equal, fail, run, sleep } from './venue.mjs';

const BIP = 'BIP-20DEC30-CDE', INTX = 'BTC-PERP-INTX';
const venue = await Venue.start(['--tape', process.env.MOONGATE_TAPE, '--rate', '0',
    '--rate-public', '0']);
const isUpdate = (channel) => (frame) => frame.channel === channel &&
    frame.events[0].type === 'update';

class Book {
    constructor() { this.sides = { bid: new Map(), offer: new Map() }; this.started = false; }
    apply({ type, updates }) {
        if (type === 'snapshot') {
            this.sides.bid.clear();
            this.sides.offer.clear();
            this.started = true;
        } else if (!this.started) fail('an update before its snapshot');
        let last = null;
        for (const { side, price_level: price, new_quantity: quantity } of updates) {
            if (last) { // bids from the best down, then offers from the best up
                if (last.side === 'offer' && side === 'bid') fail('a bid behind an offer');
                const falls = Number(price) < Number(last.price);
                if (last.side === side && falls !== (side === 'bid')) fail('unsorted');
            }
            last = { side, price };
            if (quantity === '0') this.sides[side].delete(price);
            else this.sides[side].set(price, quantity);
        }
        const bid = Math.max(...[...this.sides.bid.keys()].map(Number));
        const ask = Math.min(...[...this.sides.offer.keys()].map(Number));
        if (!(bid < ask)) fail(`crossed: ${bid} ${ask}`);
    }
}

function replay(frames, product) {
    const book = new Book();
    for (const frame of frames)
        if (frame.channel === 'l2_data')
            for (const event of frame.events)
                if (event.product_id === product) book.apply(event);
    return book;
}

await run({
    async 'data comes before the ack, numbered from 0'() {
        const socket = await venue.connect();
        socket.subscribe('level2', [BIP, INTX]);
        socket.subscribe('market_trades', [BIP]);
        socket.subscribe('heartbeats');
        const first = await socket.ack();
        equal(JSON.stringify(first.events[0].subscriptions), JSON.stringify({
            level2: [BIP, INTX] }), 'the first ack');
        const before = socket.frames.slice(0, socket.frames.indexOf(first));
        const snapshots = before.filter(({ channel, events }) => channel === 'l2_data' &&
            events[0].type === 'snapshot');
        equal(snapshots.map(({ events }) => events[0].product_id).join(), `${BIP},${INTX}`,
            'one snapshot a product, before the ack');
        equal(socket.frames[0], snapshots[0], 'the first frame');
        const second = await socket.ack();
        const trades = socket.frames.slice(socket.frames.indexOf(first),
            socket.frames.indexOf(second)).filter(({ channel }) => channel === 'market_trades');
        equal(trades[0].events[0].type, 'snapshot', 'trades');
        const third = await socket.ack();
        equal(JSON.stringify(third.events[0].subscriptions), JSON.stringify({
            level2: [BIP, INTX], market_trades: [BIP], heartbeats: ['heartbeats'] }), 'the last ack');
        for (const frame of socket.frames) {
            checkFrame(frame);
            if ('client_id' in frame) fail('the market host shows no client_id');
        }
        socket.send({ type: 'unsubscribe', channel: 'level2', product_ids: [BIP] });
        equal((await socket.ack()).events[0].subscriptions.level2.join(), INTX, 'one left');
        socket.send({ type: 'unsubscribe', channel: 'level2' });
        socket.send({ type: 'unsubscribe', channel: 'market_trades', product_ids: [BIP] });
        socket.send({ type: 'unsubscribe', channel: 'heartbeats' });
        for (let i = 0; i < 2; i++) await socket.ack();
        equal(JSON.stringify((await socket.ack()).events[0].subscriptions), '{}', 'nothing left');
        socket.close();
    },
    async 'a book can be followed'() {
        const one = await venue.connect(), two = await venue.connect();
        for (const product of [BIP, INTX, 'ETP-20DEC30-CDE']) {
            one.subscribe('level2', [product]);
            await one.ack();
        }
        for (let i = 0; i < 40; i++) await one.until(isUpdate('l2_data'), 'an update');
        // A late comer's snapshot is what an early one has built from updates. Both get the same
        // updates afterwards, so compare at a frame that both have.
        two.subscribe('level2', [BIP]);
        await two.ack();
        const mark = await two.until((frame) => isUpdate('l2_data')(frame) &&
            frame.events[0].product_id === BIP, 'an update');
        const same = await one.until((frame) => JSON.stringify(frame.events) ===
            JSON.stringify(mark.events), 'the same update');
        const early = replay(one.frames.slice(0, one.frames.indexOf(same) + 1), BIP);
        const late = replay(two.frames.slice(0, two.frames.indexOf(mark) + 1), BIP);
        for (const side of ['bid', 'offer'])
            equal(JSON.stringify([...early.sides[side]].sort()),
                JSON.stringify([...late.sides[side]].sort()), side);
        replay(one.frames, INTX);
        replay(one.frames, 'ETP-20DEC30-CDE');
        one.frames.forEach(checkFrame);
        one.close();
        two.close();
    },
    async 'trades: a snapshot newest first, then each one once'() {
        const socket = await venue.connect();
        socket.subscribe('market_trades', [INTX]);
        const snapshot = await socket.until(({ channel }) => channel === 'market_trades');
        equal(snapshot.events[0].type, 'snapshot', 'type');
        const ids = snapshot.events[0].trades.map(({ trade_id: id }) => Number(id));
        if (ids.length > 100) fail('more than 100');
        ids.slice(1).forEach((id, i) => id === ids[i] - 1 || fail('newest first, no hole'));
        let next = (ids[0] ?? 0) + 1;
        for (let i = 0; i < 10; i++) {
            const { events } = await socket.until(isUpdate('market_trades'), 'a trade');
            for (const { trade_id: id, side } of events[0].trades) {
                if (Number(id) > next && ids.length) fail(`a hole before ${id}`);
                next = Math.max(next, Number(id) + 1);
                if (side !== 'BUY' && side !== 'SELL') fail('side');
            }
        }
        socket.frames.forEach(checkFrame);
        socket.close();
    },
    async 'heartbeats count seconds of uptime'() {
        const socket = await venue.connect();
        socket.subscribe('heartbeats');
        equal((await socket.ack()).sequence_num, 0, 'the ack is the first frame');
        let last = null;
        for (let i = 0; i < 3; i++) {
            const frame = await socket.until(({ channel }) => channel === 'heartbeats');
            checkFrame(frame);
            const { heartbeat_counter: counter, current_time: time } = frame.events[0];
            equal(Math.floor(Number(/m=\+(.*)$/.exec(time)[1])), counter, 'uptime');
            if (last !== null && counter <= last) fail('the counter stands');
            last = counter;
        }
        socket.close();
    },
    async 'tickers, candles, status'() {
        const socket = await venue.connect();
        for (const channel of ['ticker', 'ticker_batch', 'candles', 'status']) {
            socket.subscribe(channel, [BIP, INTX]);
            await socket.ack();
        }
        for (const channel of ['ticker', 'candles', 'ticker_batch'])
            await socket.until(isUpdate(channel), channel);
        socket.frames.forEach(checkFrame);
        for (const channel of ['ticker', 'ticker_batch', 'candles']) {
            const first = socket.frames.filter((frame) => frame.channel === channel);
            equal(first[0].events[0].type, 'snapshot', channel);
        }
        const candle = socket.frames.find(isUpdate('candles')).events[0].candles;
        equal(candle.length, 1, 'the forming candle alone');
        equal(Number(candle[0].start) % 300, 0, 'five minutes');
        socket.close();
    },
    async 'the user channel tells the life of an order'() {
        const socket = await venue.connect();
        socket.subscribe('user', undefined, { jwt: venue.ed25519.token(null) });
        socket.subscribe('futures_balance_summary', undefined, { jwt: venue.es256.token(null) });
        await socket.ack();
        equal(socket.frames[0].channel, 'user', 'the first frame');
        equal(socket.frames[0].client_id, '', 'the user host shows a client_id');
        equal(socket.frames[0].events[0].type, 'snapshot', 'type');
        await socket.ack();
        const order = (id, side, configuration) => venue.post('/orders', { client_order_id: id,
            product_id: BIP, side, order_configuration: configuration });
        const { json } = await order('u1', 'BUY', { limit_limit_gtc: { base_size: '2',
            limit_price: '50000', post_only: true } });
        const id = json.success_response.order_id;
        const told = async (client, status) => (await socket.until((frame) =>
            frame.channel === 'user' && frame.events[0].orders.some((item) =>
                item.client_order_id === client && item.status === status), `${client} ${status}`))
            .events[0].orders[0];
        equal((await told('u1', 'PENDING')).leaves_quantity, '2', 'leaves');
        const open = await told('u1', 'OPEN');
        equal(open.post_only, 'true', 'post_only is text');
        equal(open.limit_price, '50000', 'limit_price');
        await venue.post('/orders/batch_cancel', { order_ids: [id] });
        equal((await told('u1', 'CANCEL_QUEUED')).leaves_quantity, '2', 'still live');
        equal((await told('u1', 'CANCELLED')).leaves_quantity, '0', 'leaves at the end');
        await order('u2', 'SELL', { market_market_ioc: { base_size: '3' } });
        const filled = await told('u2', 'FILLED');
        equal(filled.cumulative_quantity, '3', 'cumulative');
        equal(filled.leaves_quantity, '0', 'leaves');
        await socket.until(isUpdate('futures_balance_summary'), 'a balance');
        socket.frames.forEach(checkFrame);
        socket.close();
    },
    async 'open orders come in batches of fifty'() {
        const ids = [];
        for (let i = 0; i < 100; i++) {
            const { json } = await venue.post('/orders', { client_order_id: `b${i}`,
                product_id: INTX, side: 'BUY', order_configuration: { limit_limit_gtc: {
                    base_size: '0.001', limit_price: '50000' } } });
            ids.push(json.success_response.order_id);
        }
        await venue.poll('/orders/historical/batch?order_status=OPEN',
            ({ json }) => json.orders.length === 100);
        const sizes = async () => {
            const socket = await venue.connect();
            socket.subscribe('user', undefined, { jwt: venue.es256.token(null) });
            const ack = await socket.ack();
            const before = socket.frames.slice(0, socket.frames.indexOf(ack));
            before.forEach(checkFrame);
            socket.close();
            return before.map(({ events }) => events[0].orders.length).join();
        };
        equal(await sizes(), '50,50,0', 'a hundred');
        await venue.post('/orders/batch_cancel', { order_ids: ids.slice(0, 49) });
        await venue.poll('/orders/historical/batch?order_status=OPEN',
            ({ json }) => json.orders.length === 51);
        equal(await sizes(), '50,1', 'fifty-one');
        await venue.post('/orders/batch_cancel', { order_ids: ids.slice(49) });
    },
    async 'what is wrong is told without a number'() {
        const socket = await venue.connect();
        const told = async (message, words) => {
            const before = socket.frames.length;
            socket.send(message);
            const frame = await socket.until(({ type }) => type === 'error', 'an error');
            equal(socket.frames.indexOf(frame), before, 'nothing else');
            check(frame, fields.errorFrame);
            equal(frame.message, words, JSON.stringify(message));
        };
        const user = { type: 'subscribe', channel: 'user' };
        const now = Math.floor(Date.now() / 1000);
        await told({ type: 'subscribe', channel: 'l2_data' }, 'authentication failure');
        await told(user, 'authentication failure');
        await told({ ...user, jwt: 'x.y.z' }, 'authentication failure');
        await told({ ...user, jwt: venue.es256.token('GET 127.0.0.1/') }, 'authentication failure');
        await told({ ...user, jwt: venue.es256.token(null, { nbf: now - 300, exp: now - 180 }) },
            'authentication failure');
        await told({ type: 'subscribe', channel: 'heartbeats', jwt: 'x' }, 'authentication failure');
        await told('nonsense', 'failure to subscribe');
        await told({ channel: 'level2' }, 'failure to subscribe');
        await told('['.repeat(1000), 'failure to subscribe');
        await told('{"type":"subscribe","channel":"level2","product_ids":[1]}', 'failure to subscribe');
        socket.subscribe('heartbeats'); // and it goes on
        equal((await socket.ack()).sequence_num, 0, 'errors take no number');
        socket.close();
    },
    async 'an unknown product is not in the ack'() {
        const socket = await venue.connect();
        socket.subscribe('level2', ['NOTHING', BIP]);
        equal((await socket.ack()).events[0].subscriptions.level2.join(), BIP, 'level2');
        socket.close();
    },
    async 'who subscribes to nothing is closed, others are not'() {
        const silent = await venue.connect(), listener = await venue.connect();
        listener.subscribe('heartbeats');
        await silent.untilClosed();
        await listener.until(({ channel }) => channel === 'heartbeats');
        await listener.until(({ channel }) => channel === 'heartbeats');
        listener.close();
    },
    async 'the tape begins anew with a fresh snapshot'() {
        const fast = await Venue.start(['--tape', process.env.MOONGATE_TAPE, '--speed', '40']);
        const socket = await fast.connect();
        socket.subscribe('level2', [BIP, INTX]);
        await socket.ack();
        for (const product of [BIP, INTX]) {
            const frame = await socket.until(({ channel, events }) => channel === 'l2_data' &&
                events[0].type === 'snapshot' && events[0].product_id === product, 'a snapshot');
            checkFrame(frame);
            socket.seen = 0; // both orders are fine
            socket.frames = socket.frames.filter((item) => item !== frame);
        }
        socket.close();
        await fast.stop();
        await sleep(0);
    },
    async 'it ends well'() { await venue.stop(); },
});
