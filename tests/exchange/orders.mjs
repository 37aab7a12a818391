// The life of orders over REST, and the account after a restart.
import * as fields from './fields.mjs';
import { check } from './fields.mjs';
import { Venue, equal, fail, run } from './venue.mjs';

const BIP = 'BIP-20DEC30-CDE', INTX = 'BTC-PERP-INTX', ETP = 'ETP-20DEC30-CDE';
const options = ['--tape', process.env.MOONGATE_TAPE, '--rate', '0'];
let venue = await Venue.start(options);
let serial = 0;

const body = (product, side, configuration, extra = {}) => ({
    client_order_id: `test-${serial++}`, product_id: product, side,
    order_configuration: configuration, ...extra });
const gtc = (size, price, extra = {}) => ({ limit_limit_gtc: { base_size: size,
    limit_price: price, ...extra } });
const market = (size) => ({ market_market_ioc: { base_size: size } });

async function place(product, side, configuration, extra) {
    const { status, json, text } = await venue.post('/orders', body(product, side, configuration,
        extra));
    equal(status, 200, text);
    check(json, fields.created, text);
    return json.success_response.order_id;
}
async function refused(request, code, preview) {
    const { status, json, text } = await venue.post('/orders', request);
    equal(status, 200, text);
    check(json, fields.refused, text);
    equal(json.error_response.error, code, 'error');
    if (preview) equal(json.error_response.preview_failure_reason, preview, 'preview');
}
const order = async (id, status) => {
    const { json } = await venue.poll(`/orders/historical/${id}`,
        ({ json: got }) => got.order?.status === status);
    check(json, fields.oneOrder);
    return json.order;
};
const positionOf = async (product) => (await venue.get('/cfm/positions')).json.positions
    .find(({ product_id: id }) => id === product);

await run({
    async 'a resting order is listed, edited and cancelled'() {
        const id = await place(BIP, 'BUY', gtc('2', '50000', { post_only: true }));
        const open = await order(id, 'OPEN');
        equal(open.order_configuration.limit_limit_gtc.post_only, true, 'post_only');
        equal(open.filled_size, '0', 'filled');
        const list = await venue.get('/orders/historical/batch?order_status=OPEN');
        check(list.json, fields.orders);
        equal(list.json.orders.map(({ order_id: got }) => got).join(), id, 'open orders');
        const edit = await venue.post('/orders/edit', { order_id: id, price: '50005', size: '1' });
        check(edit.json, fields.edited);
        equal(edit.json.success, true, edit.text);
        const changed = await order(id, 'OPEN');
        equal(changed.order_configuration.limit_limit_gtc.limit_price, '50005', 'price');
        equal(changed.edit_history.length, 1, 'history');
        const cancel = await venue.post('/orders/batch_cancel', { order_ids: [id, 'nobody'] });
        check(cancel.json, fields.cancelled);
        equal(cancel.json.results[0].success, true, 'cancel');
        equal(cancel.json.results[1].failure_reason, 'UNKNOWN_CANCEL_ORDER', 'cancel');
        await order(id, 'CANCELLED');
        const late = await venue.post('/orders/edit', { order_id: id, price: '1', size: '1' });
        equal(late.json.errors[0].edit_failure_reason, 'ONLY_OPEN_ORDERS_CAN_BE_EDITED', 'late');
    },
    async 'a market order fills at the book and is paid for'() {
        const id = await place(BIP, 'BUY', market('3'));
        const done = await order(id, 'FILLED');
        equal(done.filled_size, '3', 'filled');
        const { json } = await venue.get(`/orders/historical/fills?order_ids=${id}`);
        check(json, fields.fills);
        const sum = (pick) => json.fills.reduce((total, fill) => total + pick(fill), 0);
        equal(sum(({ size }) => Number(size)), 3, 'sum of fills');
        equal(json.fills[0].liquidity_indicator, 'TAKER', 'liquidity');
        const value = sum(({ size, price }) => Number(size) * Number(price) * 0.01);
        if (Math.abs(value * 0.0005 - Number(done.total_fees)) > 1e-9) fail('fees');
        const position = await positionOf(BIP);
        check({ positions: [position] }, fields.cfmPositions);
        equal(position.side, 'LONG', 'side');
        equal(position.number_of_contracts, '3', 'contracts');
        equal(position.avg_entry_price, done.average_filled_price, 'entry');
        check((await venue.get(`/cfm/positions/${BIP}`)).json, fields.oneCfmPosition);
    },
    async 'INTX positions and both closings'() {
        await order(await place(INTX, 'SELL', market('0.02')), 'FILLED');
        const { json } = await venue.get('/portfolios?portfolio_type=INTX');
        const { uuid } = json.portfolios[0];
        const all = await venue.get(`/intx/positions/${uuid}`);
        check(all.json, fields.intxPositions);
        equal(all.json.positions[0].net_size, '-0.02', 'net_size');
        check((await venue.get(`/intx/positions/${uuid}/${INTX}`)).json, fields.oneIntxPosition);
        const part = await venue.post('/orders/close_position', { client_order_id: 'close-part',
            product_id: BIP, size: '1' });
        check(part.json, fields.created);
        await order(part.json.success_response.order_id, 'FILLED');
        for (const product of [BIP, INTX]) {
            const reply = await venue.post('/orders/close_position',
                { client_order_id: `close-${product}`, product_id: product });
            await order(reply.json.success_response.order_id, 'FILLED');
        }
        equal(await positionOf(BIP), undefined, 'flat');
        const none = await venue.post('/orders/close_position', { client_order_id: 'close-none',
            product_id: BIP });
        check(none.json, fields.refused);
        equal(none.json.error_response.error, 'CANNOT_CLOSE_ZERO_POSITION', 'error');
    },
    async 'the rest of an IOC ends CANCELLED with what it got'() {
        const { json } = await venue.get(`/product_book?product_id=${ETP}&limit=1`);
        const { price } = json.pricebook.asks[0];
        const done = await order(await place(ETP, 'BUY', { sor_limit_ioc: { base_size: '4000',
            limit_price: price } }), 'CANCELLED');
        if (!(Number(done.filled_size) < 4000)) fail('filled whole');
        equal(done.time_in_force, 'IMMEDIATE_OR_CANCEL', 'tif');
    },
    async 'every configuration is echoed as it came'() {
        const end = new Date(Date.now() + 3600e3).toISOString();
        const all = [gtc('1', '50000', { post_only: false }),
            { limit_limit_gtd: { base_size: '1', limit_price: '50000', end_time: end,
                post_only: true } },
            { limit_limit_fok: { base_size: '1', limit_price: '50000' } },
            { sor_limit_ioc: { base_size: '1', limit_price: '50000' } },
            { stop_limit_stop_limit_gtc: { base_size: '1', limit_price: '40000',
                stop_price: '45000', stop_direction: 'STOP_DIRECTION_STOP_DOWN' } },
            { stop_limit_stop_limit_gtd: { base_size: '1', limit_price: '90000',
                stop_price: '85000', end_time: end,
                stop_direction: 'STOP_DIRECTION_STOP_UP' } }];
        for (const configuration of all) {
            const id = await place(BIP, 'BUY', configuration);
            const { json } = await venue.get(`/orders/historical/${id}`);
            check(json, fields.oneOrder);
            const [name] = Object.keys(configuration);
            for (const [field, value] of Object.entries(configuration[name])) {
                const got = json.order.order_configuration[name][field];
                if (field === 'end_time') equal(Date.parse(got), Date.parse(value), field);
                else equal(got, value, `${name}.${field}`);
            }
            await venue.post('/orders/batch_cancel', { order_ids: [id] });
        }
        await order(await place(INTX, 'BUY', market('0.01')), 'FILLED');
        await place(INTX, 'SELL', { trigger_bracket_gtc: { base_size: '0.01',
            limit_price: '90000', stop_trigger_price: '30000' } });
        await refused(body(INTX, 'SELL', market('0.01')), 'UNKNOWN_FAILURE_REASON',
            'PREVIEW_ORDER_SIZE_EXCEEDS_BRACKETED_POSITION');
        await refused(body(BIP, 'SELL', { trigger_bracket_gtc: { base_size: '1',
            limit_price: '90000', stop_trigger_price: '30000' } }), 'UNKNOWN_FAILURE_REASON',
        'PREVIEW_BRACKET_ORDER_SIZE_EXCEEDS_POSITION');
    },
    // F06 | exchange | orders that break the rules of the market | success:false with a reason
    async 'business rejects come with 200'() {
        const buy = (configuration) => body(BIP, 'BUY', configuration);
        await refused(buy(gtc('1', '99990', { post_only: true })),
            'INVALID_LIMIT_PRICE_POST_ONLY', 'PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY');
        await refused(buy(gtc('1.5', '50000')), 'INVALID_SIZE_PRECISION');
        await refused(buy(gtc('1', '50001')), 'INVALID_PRICE_PRECISION');
        await refused(buy(gtc('0', '50000')), 'UNKNOWN_FAILURE_REASON',
            'PREVIEW_INVALID_BASE_SIZE_TOO_SMALL');
        await refused(buy(gtc('NaN', '50000')), 'INVALID_SIZE_PRECISION');
        await refused(buy(gtc('1e2', '50000')), 'INVALID_SIZE_PRECISION');
        await refused(buy(gtc('1', '-50000')), 'INVALID_LIMIT_PRICE');
        await refused(buy(gtc('5000', '50000')), 'UNKNOWN_FAILURE_REASON',
            'PREVIEW_INSUFFICIENT_FUNDS_FOR_FUTURES');
        await refused(body(INTX, 'BUY', gtc('50', '50000')), 'INSUFFICIENT_FUND');
        await refused(body('DOGE-PERP-INTX', 'BUY', gtc('1', '1')), 'INVALID_PRODUCT_ID');
        await refused(body(BIP, 'HOLD', gtc('1', '50000')), 'INVALID_SIDE');
        await refused(buy(gtc('1', '50000', { reduce_only: true })),
            'REDUCE_ONLY_NOT_ALLOWED_ON_VENUE');
        await refused(buy({ market_market_ioc: { quote_size: '100' } }),
            'UNSUPPORTED_ORDER_CONFIGURATION');
        await refused(buy({ twap_limit_gtd: { base_size: '1' } }),
            'UNSUPPORTED_ORDER_CONFIGURATION');
        await refused(buy({}), 'INVALID_REQUEST');
        await refused({ ...buy(gtc('1', '50000')), client_order_id: '' }, 'INVALID_REQUEST');
    },
    async 'unknown fields and broken JSON are refused whole'() {
        const bad = async (target, text, pattern) => {
            const before = (await venue.get('/orders/historical/batch')).json.orders.length;
            const reply = await venue.post(target, text);
            equal(reply.status, 400, reply.text);
            check(reply.json, fields.failure);
            if (!pattern.test(reply.json.message)) fail(reply.text);
            equal((await venue.get('/orders/historical/batch')).json.orders.length, before, 'orders');
        };
        const good = body(BIP, 'BUY', gtc('1', '50000'));
        const top = JSON.stringify({ ...good, reduceOnly: true });
        await bad('/orders', top, /^proto: \(line 1:[0-9]+\): unknown field "reduceOnly"$/);
        equal(Number(/1:([0-9]+)/.exec((await venue.post('/orders', top)).text)[1]),
            top.indexOf('"reduceOnly"') + 1, 'the column');
        await bad('/orders', { ...good, reduce_only: true }, /unknown field "reduce_only"/);
        await bad('/orders', { ...good, order_configuration: { limit_limit_gtc: {
            base_size: '1', limit_price: '50000', stop_price: '1' } } }, /unknown field "stop_price"/);
        await bad('/orders', { ...good, order_configuration: { stop_market: {} } },
            /unknown field "stop_market"/);
        await bad('/orders/batch_cancel', { ids: [] }, /unknown field "ids"/);
        await bad('/orders/edit', { order_id: 'x', limit: '1' }, /unknown field "limit"/);
        await bad('/orders/close_position', { reduce: 1 }, /unknown field "reduce"/);
        await bad('/orders/preview', good, /unknown field "client_order_id"/);
        for (const text of ['', '{', '[]', 'null', '{"client_order_id":1}', '{"side":"BUY"}}',
            '{"side":"BUY","side":"SELL"}', `${'['.repeat(5000)}`, '{"side":"\\ud800"}',
            JSON.stringify({ ...good, order_configuration: { limit_limit_gtc: { base_size: 1,
                limit_price: '50000' } } })])
            await bad('/orders', text, /^proto: /);
    },
    // F13 | exchange | a client id that was used before | the first order again
    async 'one client id, one order'() {
        const request = body(BIP, 'BUY', gtc('1', '50000'));
        const first = await venue.post('/orders', request);
        const second = await venue.post('/orders', { ...request, side: 'SELL' });
        check(second.json, fields.created);
        equal(second.json.success_response.order_id, first.json.success_response.order_id, 'id');
        const list = await venue.get('/orders/historical/batch?limit=1000');
        equal(list.json.orders.filter(({ client_order_id: id }) =>
            id === request.client_order_id).length, 1, 'orders');
    },
    async 'a preview places nothing'() {
        const before = (await venue.get('/orders/historical/batch')).json.orders.length;
        const { client_order_id: _, ...rest } = body(BIP, 'BUY', gtc('1', '50000'));
        const { json } = await venue.post('/orders/preview', rest);
        check(json, fields.preview);
        equal(json.errs.length, 0, 'errs');
        const bad = await venue.post('/orders/preview', { ...rest,
            order_configuration: gtc('5000', '50000') });
        equal(bad.json.errs[0], 'PREVIEW_INSUFFICIENT_FUNDS_FOR_FUTURES', 'errs');
        equal((await venue.get('/orders/historical/batch')).json.orders.length, before, 'orders');
    },
    async 'lists come page by page and filtered'() {
        for (let i = 0; i < 7; i++) await order(await place(BIP, i % 2 ? 'SELL' : 'BUY',
            market('1')), 'FILLED');
        const collect = async (target, name, more) => {
            const got = [];
            let cursor = '';
            do {
                const { json } = await venue.get(`${target}limit=3&cursor=${cursor}`);
                check(json, fields[name]);
                got.push(...json[name]);
                equal(json[name].length <= 3, true, 'page size');
                cursor = json.cursor;
                if (more) equal(json.has_next, cursor !== '', 'has_next');
            } while (cursor);
            return got;
        };
        const all = (await venue.get('/orders/historical/batch?limit=1000')).json.orders;
        const paged = await collect('/orders/historical/batch?', 'orders', true);
        equal(JSON.stringify(paged.map(({ order_id: id }) => id)),
            JSON.stringify(all.map(({ order_id: id }) => id)), 'orders');
        all.slice(1).forEach(({ created_time: at }, i) => at <= all[i].created_time ||
            fail('newest first'));
        const fills = (await venue.get('/orders/historical/fills?limit=3000')).json.fills;
        const pagedFills = await collect('/orders/historical/fills?', 'fills', false);
        equal(JSON.stringify(pagedFills), JSON.stringify(fills), 'fills');
        const count = async (query) => (await venue.get(`/orders/historical/batch?${query}`)).json
            .orders.length;
        equal(await count('order_status=CANCELLED&order_status=FILLED') + await count('order_status=OPEN'),
            all.length, 'by status');
        equal(await count(`product_ids=${BIP}`) + await count(`product_ids=${INTX}`) +
            await count(`product_ids=${ETP}`), all.length, 'by product');
        equal(await count(`product_id=${BIP}`), all.length, 'a singular name is ignored');
        const mixed = await venue.get('/orders/historical/batch?order_status=OPEN&order_status=FILLED');
        equal(mixed.status, 400, 'OPEN with another');
    },
    async 'the account survives a restart'() {
        await venue.stop();
        const home = await Venue.start(); // for its directory alone
        const state = ['--state', `${home.dir}/account`, ...options];
        venue = await Venue.start(state, home.dir);
        await order(await place(BIP, 'SELL', market('2')), 'FILLED');
        const id = await place(INTX, 'BUY', gtc('0.01', '50000'));
        await order(id, 'OPEN');
        const look = async () => {
            const balance = (await venue.get('/cfm/balance_summary')).json.balance_summary;
            return JSON.stringify([
                (await venue.get('/orders/historical/batch')).json.orders.map((item) =>
                    [item.order_id, item.client_order_id, item.status, item.filled_size,
                        item.total_fees, item.created_time]),
                (await venue.get('/orders/historical/fills')).json.fills,
                (await venue.get('/cfm/positions')).json.positions.map((item) =>
                    [item.product_id, item.side, item.number_of_contracts, item.avg_entry_price]),
                balance.cfm_usd_balance]);
        };
        const before = await look();
        await venue.stop();
        if (!/"fills":1,/.test(venue.output)) fail(`no account at the end: ${venue.output}`);
        venue = await Venue.start(state, home.dir);
        equal(await look(), before, 'the account');
        await venue.post('/orders/batch_cancel', { order_ids: [id] });
        await order(id, 'CANCELLED');
        // A kill loses nothing that was answered a moment ago.
        const last = await place(BIP, 'BUY', market('1'));
        await order(last, 'FILLED');
        const killed = await look();
        await new Promise((resolve) => setTimeout(resolve, 500));
        venue.child.kill('SIGKILL');
        equal(await venue.ended, 'SIGKILL', 'killed');
        venue.agent.destroy();
        venue = await Venue.start(state, home.dir);
        equal(await look(), killed, 'the account after a kill');
        await venue.stop();
        await home.stop();
    },
});
