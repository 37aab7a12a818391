// Starts the real program and talks to it with nothing but Node's own modules: no code of this
// repository encodes or decodes here.
//
//     const venue = await Venue.start(['--rate', '0']);
//     const reply = await venue.get('/accounts');           reply.status, reply.json, reply.headers
//     const socket = await venue.connect(); socket.send({...}); await socket.until(frame => ...);
//     await venue.stop();
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const PREFIX = '/api/v3/brokerage';
const PATIENCE_MS = 60000; // a test that hangs is a failed test; nothing else is timed

// However this process ends, no exchange outlives it.
const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function fail(what) {
    throw new Error(what);
}
export function equal(got, wanted, what) {
    if (got !== wanted) fail(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
}

const base64url = (value) => Buffer.from(value).toString('base64url');

export class Key {
    constructor(file) {
        const { name, privateKey } = JSON.parse(fs.readFileSync(file, 'utf8'));
        this.name = name;
        this.es256 = privateKey.includes('BEGIN');
        this.key = this.es256 ? crypto.createPrivateKey(privateKey) : ed25519(privateKey);
    }
    // `claims` and `header` override what a good token holds.
    token(uri, claims = {}, header = {}) {
        const now = Math.floor(Date.now() / 1000);
        const head = { alg: this.es256 ? 'ES256' : 'EdDSA', typ: 'JWT', kid: this.name,
            nonce: crypto.randomBytes(16).toString('hex'), ...header };
        const body = { sub: this.name, iss: 'cdp', nbf: now, exp: now + 120,
            ...(uri ? { uri } : {}), ...claims };
        const text = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(body))}`;
        const signature = this.es256
            ? crypto.sign('sha256', Buffer.from(text), { key: this.key, dsaEncoding: 'ieee-p1363' })
            : crypto.sign(null, Buffer.from(text), this.key);
        return `${text}.${signature.toString('base64url')}`;
    }
}

function ed25519(secret) { // base64 of seed and public key; Node wants PKCS8
    const seed = Buffer.from(secret, 'base64').subarray(0, 32);
    const head = Buffer.from('302e020100300506032b657004220420', 'hex');
    return crypto.createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der',
        type: 'pkcs8' });
}

export class Venue {
    static async start(options = [], dir = null) {
        const venue = new Venue();
        venue.dir = dir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'exchange-'));
        venue.own = !dir;
        if (!fs.existsSync(path.join(venue.dir, 'ca.pem')))
            execFileSync(path.join(root, 'scripts/make-certs'), [venue.dir], { stdio: 'pipe' });
        venue.es256 = new Key(path.join(venue.dir, 'api-key-es256.json'));
        venue.ed25519 = new Key(path.join(venue.dir, 'api-key-ed25519.json'));
        venue.ca = fs.readFileSync(path.join(venue.dir, 'ca.pem'));
        venue.agent = new https.Agent({ keepAlive: true, ca: venue.ca, maxSockets: 4 });
        await venue.#spawn(options);
        return venue;
    }
    async #spawn(options) {
        const portFile = path.join(this.dir, 'port'), at = (name) => path.join(this.dir, name);
        fs.rmSync(portFile, { force: true });
        const program = process.env.MOONGATE_EXCHANGE ?? fail('MOONGATE_EXCHANGE is not set');
        this.output = '';
        this.child = spawn(program, ['--port', '0', '--port-file', portFile, '--session', 'open',
            '--cert', at('server.pem'), '--key', at('server.key'),
            '--keys', at('public-keys.json'), ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
        const { child } = this;
        children.add(child);
        child.on('exit', () => children.delete(child));
        this.child.stdout.on('data', (data) => { this.output += data; });
        this.child.stderr.on('data', (data) => { this.output += data; });
        this.ended = new Promise((resolve) => this.child.on('exit',
            (code, signal) => resolve(signal ?? code)));
        for (let left = PATIENCE_MS; !fs.existsSync(portFile); left -= 20) {
            if (this.child.exitCode !== null || left <= 0) fail(`no start: ${this.output}`);
            await sleep(20);
        }
        this.port = Number(fs.readFileSync(portFile, 'utf8'));
        this.host = `127.0.0.1:${this.port}`;
    }
    async stop() {
        this.agent.destroy();
        this.child.kill('SIGTERM');
        const code = await this.ended;
        if (this.own) fs.rmSync(this.dir, { recursive: true });
        equal(code, 0, `exit code; it said: ${this.output}`);
    }
    request(method, target, { body, headers = {} } = {}) {
        const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
        return new Promise((resolve, reject) => {
            const request = https.request({ method, host: '127.0.0.1', port: this.port,
                path: PREFIX + target, agent: this.agent, ca: this.ca,
                headers: { ...(text === undefined ? {} : { 'content-type': 'application/json',
                    'content-length': Buffer.byteLength(text) }), ...headers } }, (reply) => {
                const pieces = [];
                reply.on('data', (piece) => pieces.push(piece));
                reply.on('error', reject); // it was cut in the middle
                reply.on('end', () => {
                    const whole = Buffer.concat(pieces).toString('utf8');
                    let json;
                    try { json = JSON.parse(whole); } catch { json = undefined; }
                    resolve({ status: reply.statusCode, headers: reply.headers, text: whole,
                        json });
                });
            });
            request.setTimeout(PATIENCE_MS, () => request.destroy(new Error('no answer')));
            request.on('error', reject);
            request.end(text);
        });
    }
    signed(method, target, options = {}) {
        const key = options.key ?? this.es256;
        const uri = `${method} ${this.host}${PREFIX}${target.split('?')[0]}`;
        return this.request(method, target, { ...options, headers: { ...options.headers,
            authorization: `Bearer ${options.token ?? key.token(uri)}` } });
    }
    get(target, options) { return this.signed('GET', target, options); }
    post(target, body, options) { return this.signed('POST', target, { ...options, body }); }
    // GET until the reply is as wanted: what the venue does later is waited for, never slept for.
    async poll(target, wanted) {
        for (let left = PATIENCE_MS; left > 0; left -= 20) {
            const reply = await this.get(target);
            if (wanted(reply)) return reply;
            await sleep(20);
        }
        return fail(`${target} never became as wanted`);
    }
    // A loose one takes frames as they are: unnumbered, out of order, not JSON (then as text).
    connect({ loose = false } = {}) { return Socket.open(this, loose); }
    // `moongate-exchange fault` as an operator types it; its exit code and what it said.
    fault(...words) {
        const { status, stdout, stderr } = spawnSync(process.env.MOONGATE_EXCHANGE,
            ['fault', '--control', path.join(this.dir, 'control'), ...words], { encoding: 'utf8' });
        return { status, text: stdout + stderr };
    }
    // A rule that must be taken. Only one test's rules are there at a time.
    rule(...rules) {
        this.fault('clear');
        for (const rule of rules) equal(this.fault(rule).status, 0, rule);
    }
}

// A WebSocket client of the least: text frames, close, pong. Its frames are checked as they come:
// numbered from 0 without a hole, unless they are errors.
export class Socket {
    static open(venue, loose) {
        return new Promise((resolve, reject) => {
            const key = crypto.randomBytes(16).toString('base64');
            const request = https.request({ host: '127.0.0.1', port: venue.port, path: '/',
                ca: venue.ca, headers: { connection: 'Upgrade', upgrade: 'websocket',
                    'sec-websocket-key': key, 'sec-websocket-version': '13' } });
            request.on('upgrade', (reply, stream, head) => {
                const accept = crypto.createHash('sha1').update(
                    `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
                if (reply.headers['sec-websocket-accept'] !== accept) reject(new Error('accept'));
                else resolve(new Socket(venue, stream, head, loose));
            });
            request.on('response', (reply) => reject(new Error(`HTTP ${reply.statusCode}`)));
            request.on('error', reject);
            request.end();
        });
    }
    constructor(venue, stream, head, loose) {
        Object.assign(this, { venue, stream, loose, frames: [], seen: 0, sequence: 0, closed: false,
            bytes: head, message: Buffer.alloc(0), wake: null, broken: null });
        stream.on('data', (data) => { this.bytes = Buffer.concat([this.bytes, data]); this.#read(); });
        stream.on('close', () => { this.closed = true; this.wake?.(); });
        stream.on('error', () => {});
        this.#read();
    }
    #read() {
        while (this.bytes.length >= 2) {
            let length = this.bytes[1] & 127, at = 2;
            if (length === 126 && this.bytes.length >= 4) [length, at] = [this.bytes.readUInt16BE(2), 4];
            else if (length === 127 && this.bytes.length >= 10)
                [length, at] = [Number(this.bytes.readBigUInt64BE(2)), 10];
            else if (length >= 126) return;
            if (this.bytes.length < at + length) return;
            const opcode = this.bytes[0] & 15, final = this.bytes[0] & 128;
            const payload = this.bytes.subarray(at, at + length);
            this.bytes = this.bytes.subarray(at + length);
            if (opcode === 8) this.stream.end();
            if (opcode === 9) this.#write(10, payload);
            if (opcode > 2) continue;
            if (opcode > 0) this.opcode = opcode; // of a fragmented one the first tells
            this.message = Buffer.concat([this.message, payload]);
            if (!final) continue;
            this.#take(this.message.toString('utf8'), this.opcode);
            this.message = Buffer.alloc(0);
        }
    }
    #take(text, opcode) {
        if (this.loose) return this.#takeLoose(text);
        try {
            equal(opcode, 1, 'a frame is text');
            const frame = JSON.parse(text);
            if (text !== JSON.stringify(frame)) fail(`not compact: ${text.slice(0, 80)}`);
            if (frame.type === 'error') {
                if ('sequence_num' in frame) fail('an error frame with a sequence');
            } else {
                equal(frame.sequence_num, this.sequence++, 'sequence_num');
            }
            this.frames.push(frame);
        } catch (error) { this.broken ??= error; }
        this.wake?.();
    }
    #takeLoose(text) {
        let frame = { text };
        try { frame = { ...JSON.parse(text), text }; } catch { /* as it came */ }
        this.frames.push(frame);
        this.wake?.();
    }
    #write(opcode, payload) {
        const mask = crypto.randomBytes(4), long = payload.length > 125;
        const head = Buffer.alloc(long ? 4 : 2);
        head[0] = 128 | opcode;
        head[1] = 128 | (long ? 126 : payload.length);
        if (long) head.writeUInt16BE(payload.length, 2);
        const masked = Buffer.from(payload.map((byte, i) => byte ^ mask[i % 4]));
        this.stream.write(Buffer.concat([head, mask, masked]));
    }
    send(message) {
        const text = typeof message === 'string' ? message : JSON.stringify(message);
        this.#write(1, Buffer.from(text));
    }
    subscribe(channel, products, extra = {}) {
        this.send({ type: 'subscribe', channel, ...(products ? { product_ids: products } : {}),
            ...extra });
    }
    // The next frame that `wanted` takes; those before it are passed over but stay in `frames`.
    async until(wanted, what = 'a frame') {
        const limit = Date.now() + PATIENCE_MS;
        for (;;) {
            if (this.broken) throw this.broken;
            while (this.seen < this.frames.length) {
                const frame = this.frames[this.seen++];
                if (wanted(frame)) return frame;
            }
            if (this.closed) fail(`closed before ${what}`);
            if (Date.now() > limit) fail(`no ${what}`);
            await new Promise((resolve) => {
                const timer = setTimeout(resolve, 1000);
                this.wake = () => { clearTimeout(timer); resolve(); };
            });
        }
    }
    ack() { return this.until((frame) => frame.channel === 'subscriptions', 'an ack'); }
    async untilClosed() {
        for (let left = PATIENCE_MS; !this.closed; left -= 50) {
            if (left <= 0) fail('never closed');
            await sleep(50);
        }
    }
    close() { this.stream.destroy(); }
}

// Runs the cases one after the other and exits with 1 if any failed.
export async function run(cases) {
    let failed = 0;
    for (const [name, test] of Object.entries(cases)) {
        try {
            await test();
            console.log(`ok ${name}`);
        } catch (error) {
            failed++;
            console.log(`not ok ${name}: ${error.stack}`);
        }
    }
    console.log(`${Object.keys(cases).length - failed} passed, ${failed} failed`);
    process.exit(failed ? 1 : 0);
}
