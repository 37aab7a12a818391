// The npm package `coinbase-api`, as its own documentation has it used, against the exchange at
// EXCHANGE_URL. Trust comes from NODE_EXTRA_CA_CERTS, the key from KEY_FILE. Exits with 1 unless
// everything was placed, listed, cancelled and read.
import fs from 'node:fs';
import { CBAdvancedTradeClient, WebsocketClient } from 'coinbase-api';

const { name, privateKey } = JSON.parse(fs.readFileSync(process.env.KEY_FILE, 'utf8'));
const { EXCHANGE_URL: baseUrl } = process.env;
const client = new CBAdvancedTradeClient({ apiKey: name, apiSecret: privateKey, baseUrl });
const silent = { trace() {}, info() {}, error: console.error };
const socket = new WebsocketClient({ apiKey: name, apiSecret: privateKey,
    wsUrl: baseUrl.replace('https:', 'wss:') }, silent);
const BIP = 'BIP-20DEC30-CDE', INTX = 'BTC-PERP-INTX';

const frames = [], acks = [];
let wake = () => {};
socket.on('update', (frame) => { frames.push(frame); wake(); });
socket.on('response', (frame) => { acks.push(frame); wake(); });
socket.on('exception', (error) => { console.error('exception', error); process.exit(1); });

// Hangs are ended from outside: the runner kills what takes minutes.
async function until(what, wanted) {
    while (!wanted()) await new Promise((resolve) => { wake = resolve; });
    console.log(`ok ${what}`);
}
function demand(what, good) {
    if (!good) {
        console.error(`not ok ${what}`);
        process.exit(1);
    }
    console.log(`ok ${what}`);
}
const events = (channel, type, product) => frames.filter((frame) => frame.channel === channel)
    .flatMap((frame) => frame.events).filter((event) => (!type || event.type === type) &&
        (!product || event.product_id === product));
const statuses = (id) => events('user').flatMap(({ orders }) => orders)
    .filter((order) => order.order_id === id).map(({ status }) => status);

socket.subscribe({ topic: 'level2', payload: { product_ids: [BIP, INTX] } },
    'advTradeMarketData');
socket.subscribe('heartbeats', 'advTradeMarketData');
socket.subscribe('user', 'advTradeUserData');
for (const product of [BIP, INTX]) {
    await until(`level2 snapshot of ${product}`, () =>
        events('l2_data', 'snapshot', product).some(({ updates }) => updates.length > 10));
    await until(`level2 updates of ${product}`, () =>
        events('l2_data', 'update', product).length > 3);
}
await until('heartbeats', () => events('heartbeats').length >= 2);
await until('user snapshot', () => events('user', 'snapshot').length === 1);
await until('acks', () => acks.some((ack) => ack.channel === 'subscriptions' &&
    ack.events[0].subscriptions.user));

const { products } = await client.getProducts({ product_type: 'FUTURE' });
demand('products', products.length === 8);
const { accounts } = await client.getAccounts();
demand('accounts', accounts.length === 2);
const { pricebook } = await client.getProductBook({ product_id: BIP, limit: 5 });
demand('product book', pricebook.bids.length === 5);

const placed = await client.submitOrder({ client_order_id: client.generateNewOrderId(),
    product_id: BIP, side: 'BUY', order_configuration: { limit_limit_gtc: { base_size: '2',
        limit_price: '50000', post_only: true } } });
demand('place', placed.success);
const { order_id: id } = placed.success_response;
await until('PENDING then OPEN', () => statuses(id).join() === 'PENDING,OPEN');
const open = await client.getOrders({ order_status: ['OPEN'] });
demand('list', open.orders.some((order) => order.order_id === id));
const cancelled = await client.cancelOrders({ order_ids: [id] });
demand('cancel', cancelled.results[0].success);
await until('CANCELLED', () => statuses(id).at(-1) === 'CANCELLED');
demand('read back', (await client.getOrder({ order_id: id })).order.status === 'CANCELLED');

const bought = await client.submitOrder({ client_order_id: client.generateNewOrderId(),
    product_id: INTX, side: 'BUY', order_configuration: { market_market_ioc: {
        base_size: '0.02' } } });
demand('market order', bought.success);
await until('FILLED', () => statuses(bought.success_response.order_id).at(-1) === 'FILLED');
const { fills } = await client.getFills({ order_ids: [bought.success_response.order_id] });
const size = fills.reduce((sum, fill) => sum + Number(fill.size), 0);
demand('fills', Math.abs(size - 0.02) < 1e-12);
const refused = await client.submitOrder({ client_order_id: client.generateNewOrderId(),
    product_id: BIP, side: 'BUY', order_configuration: { limit_limit_gtc: { base_size: '0.5',
        limit_price: '50000' } } });
demand('a reject', refused.success === false &&
    refused.error_response.error === 'INVALID_SIZE_PRECISION');
process.exit(0);
