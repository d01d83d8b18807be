// The Vercel AI SDK against the simulation; other_clients.py installs it and starts this: node other_clients.mjs URL
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { generateObject, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import assert from 'node:assert/strict';
import { z } from 'zod';

const base = process.argv[2];
const openai = createOpenAI({ baseURL: `${base}/openai/v1`, apiKey: 'demo' });
const anthropic = createAnthropic({ baseURL: `${base}/anthropic/v1`, apiKey: 'demo' });
const google = createGoogleGenerativeAI({ baseURL: `${base}/gemini/v1beta`, apiKey: 'demo' });
const models = {
  chat: openai.chat('gpt-5.1'),
  responses: openai('gpt-6.1-sol'),
  messages: anthropic('claude-sonnet-5-5'),
  generate_content: google('gemini-3.8-flash'),
};
const thinking = {
  responses: { openai: { reasoningEffort: 'low', reasoningSummary: 'auto' } },
  messages: { anthropic: { thinking: { type: 'adaptive' } } },
  generate_content: { google: { thinkingConfig: { includeThoughts: true } } },
};
const prompt = 'What is the Gemini API?';
const weather = 'What is the weather in Paris and in Rome?';
const ada = 'Ada Lovelace is 36 years old and lives in London. Extract the person.';
const found = { name: 'Ada Lovelace', age: 36, city: 'London' };
const schema = z.object({ name: z.string(), age: z.number().int(), city: z.string() });

/** A function that fails at first, so that the model has to ask twice. */
function getWeather() {
  let calls = 0;
  return tool({
    description: 'The weather of a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => {
      if (calls++ === 0) throw new Error('service unavailable, try again');
      return `18 degrees in ${city}`;
    },
  });
}

/** The whole text of a stream and its steps; throws what the stream reports. */
async function streamed(request) {
  let error;
  const stream = streamText({ ...request, maxRetries: 0, onError: (event) => (error = event.error) });
  let text = '';
  for await (const delta of stream.textStream) text += delta;
  if (error) throw error;
  assert.ok(text, 'no text');
  return { text, steps: await stream.steps };
}

function* cases(door, model) {
  const whole = { model, maxRetries: 0 };
  yield ['answer', async () => assert.ok((await generateText({ ...whole, prompt })).text)];
  yield ['stream', () => streamed({ model, prompt })];
  for (const [name, ask] of [['tools', generateText], ['stream tools', streamed]]) {
    yield [name, async () => {
      const tools = { get_weather: getWeather() };
      const { steps } = await ask({ ...whole, prompt: weather, tools, stopWhen: stepCountIs(6) });
      assert.equal(steps.length, 3);
    }];
  }
  yield ['object', async () => {
    assert.deepEqual((await generateObject({ ...whole, schema, prompt: ada })).object, found);
  }];
  yield ['output', async () => {
    const answer = await generateText({ ...whole, output: Output.object({ schema }), prompt: ada });
    assert.deepEqual(answer.output, found);
  }];
  if (thinking[door]) {
    yield ['thinking', async () => {
      const answer = await generateText({ ...whole, prompt, providerOptions: thinking[door] });
      assert.ok(answer.reasoningText);
    }];
  }
}

let failed = 0;
for (const [door, model] of Object.entries(models)) {
  for (const [name, run] of cases(door, model)) {
    try {
      await run();
      console.log(`ok     ai_sdk ${door} ${name}`);
    } catch (error) {
      failed += 1;
      const body = error.responseBody ?? error.lastError?.responseBody ?? '';
      console.log(`FAILED ai_sdk ${door} ${name}: ${error.message} ${body}`.slice(0, 600));
    }
  }
}
process.exit(failed ? 1 : 0);
