// A headless Chromium on a pipe: no port, no library, nothing of ours between test and page.
//
//     const browser = await Browser.start({ width: 1280, height: 900 });
//     const page = await browser.open('file:///tmp/report.html', { dark: true });
//     await page.ask('document.title'); page.complaints;         it ends with this process
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PROGRAM = process.env.CHROMIUM ?? 'chromium';

export class Browser {
    static async start() {
        const browser = new Browser();
        const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'browser-'));
        // It ends when its pipe does, however this process ended; the shell sweeps up after it.
        browser.child = spawn('sh', ['-c', 'timeout -k 5 300 "$@"; code=$?; rm -rf "$0"; exit $code',
            dir, PROGRAM, '--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
            '--no-first-run', '--disable-extensions', '--disable-background-networking',
            '--disable-component-update', `--user-data-dir=${dir}`, '--remote-debugging-pipe',
            'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
        browser.child.on('exit', (code) => {
            console.error(`${PROGRAM} ended with code ${code}; see scripts/install-deps`);
            process.exit(1);
        });
        browser.asked = new Map();
        browser.listeners = new Map();
        browser.last = 0;
        let rest = '';
        for (const pipe of browser.child.stdio.slice(3)) pipe.on('error', () => {});
        browser.child.stdio[4].setEncoding('utf8').on('data', (text) => {
            const whole = (rest + text).split('\0');
            rest = whole.pop();
            whole.forEach((message) => browser.#take(JSON.parse(message)));
        });
        return browser;
    }
    #take({ id, result, error, method, params, sessionId }) {
        if (method) return this.listeners.get(sessionId)?.(method, params);
        const { resolve, reject } = this.asked.get(id);
        this.asked.delete(id);
        if (error) reject(new Error(error.message));
        else resolve(result);
    }
    send(method, params = {}, sessionId = undefined) {
        const id = ++this.last;
        this.child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        return new Promise((resolve, reject) => this.asked.set(id, { resolve, reject }));
    }
    async open(url, { width = 1280, height = 900, dark = false, mobile = false } = {}) {
        const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
        const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
        const page = new Page(this, sessionId);
        for (const domain of ['Page', 'Runtime', 'Log', 'Network'])
            await page.send(`${domain}.enable`);
        await page.send('Emulation.setDeviceMetricsOverride', { width, height, mobile,
            deviceScaleFactor: 1 });
        await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme',
            value: dark ? 'dark' : 'light' }] });
        await page.go(url);
        return page;
    }
}

class Page {
    constructor(browser, session) {
        Object.assign(this, { browser, session, complaints: [], requests: [] });
        browser.listeners.set(session, (method, params) => this.#hear(method, params));
    }
    #hear(method, params) {
        if (method === 'Page.loadEventFired') this.loaded?.();
        else if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
        else if (method === 'Runtime.exceptionThrown')
            this.complaints.push(params.exceptionDetails.exception?.description ??
                params.exceptionDetails.text);
        else if (method === 'Log.entryAdded') this.complaints.push(params.entry.text);
        else if (method === 'Runtime.consoleAPICalled' && params.type !== 'log')
            this.complaints.push(params.args.map(({ value }) => value).join(' '));
        else if (method === 'Page.javascriptDialogOpening') {
            this.complaints.push(`a dialog: ${params.message}`);
            this.send('Page.handleJavaScriptDialog', { accept: true });
        }
    }
    send(method, params) { return this.browser.send(method, params, this.session); }
    async go(url) {
        const loaded = new Promise((resolve) => { this.loaded = resolve; });
        await this.send('Page.navigate', { url });
        await loaded;
    }
    // The value of an expression, in the page.
    async ask(expression) {
        const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression,
            returnByValue: true, awaitPromise: true });
        if (exceptionDetails)
            throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    }
    async key(key, code = key) {
        await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code });
        await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code });
    }
}
