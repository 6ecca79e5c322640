import { spawn } from 'node:child_process';
import { root } from './root.mjs';

/**
 * Runs a program from the project root and waits for it. Never throws: a program that cannot be started has code 127.
 * With `show`, its output goes to this process's standard error as well, so that standard output stays for results.
 */
export function child(command, args, { show = false, env = {}, cwd = root } = {}) {
  return new Promise((resolve) => {
    const running = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = { stdout: [], stderr: [] };
    for (const stream of ['stdout', 'stderr']) {
      running[stream].on('data', (chunk) => {
        chunks[stream].push(chunk);
        if (show) process.stderr.write(chunk);
      });
    }
    const done = (code, note = '') => {
      const stdout = Buffer.concat(chunks.stdout).toString();
      const stderr = Buffer.concat(chunks.stderr).toString() + note;
      resolve({ code, stdout, stderr, output: stdout + stderr });
    };
    running.on('error', (error) => done(127, `${command}: ${error.message}\n`));
    running.on('close', (code) => done(code ?? 1));
  });
}

/** Runs a program that owns the terminal: its streams are ours. Resolves to its exit code (128 + signal when it was killed). */
export function foreground(command, args, { env = {}, cwd = process.cwd() } = {}) {
  return new Promise((resolve) => {
    const running = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
    // The terminal sends Ctrl-C to the child as well; it decides how to end, and we report what it chose.
    const wait = () => {};
    process.on('SIGINT', wait);
    running.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    running.on('close', (code, signal) => {
      process.off('SIGINT', wait);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/** This very Node: tools are run through it, by the path of their JavaScript file, so that no shell or link stands between. */
export const node = process.execPath;
