// Errors: PT and PGRST, with which a function decides the whole answer, and response settings.
import { answer, failure, get, json, post, result, rows, type Case } from '../support/case'

export const raised: Case[] = [
  {
    name: 'PT and a number is that status',
    request: post('/rpc/fail_bare', { state: 'PT402', message: 'Own reason' }),
    response: failure(402, { code: 'PT402', message: 'Own reason' }),
  },
  {
    name: 'PT with a status of success is a success with the body of an error',
    request: post('/rpc/fail_bare', { state: 'PT200', message: 'Own reason' }),
    response: answer(
      200,
      { ...json, 'proxy-status': 'PostgREST; error=PT200' },
      '{"code":"PT200","details":null,"hint":null,"message":"Own reason"}'
    ),
  },
  {
    name: 'PT with 401 asks for a token',
    request: post('/rpc/fail_bare', { state: 'PT401', message: 'Own reason' }),
    response: failure(
      401,
      { code: 'PT401', message: 'Own reason' },
      { 'www-authenticate': 'Bearer' }
    ),
  },
  {
    name: 'PT with 404',
    request: post('/rpc/fail_bare', { state: 'PT404', message: 'Own reason' }),
    response: failure(404, { code: 'PT404', message: 'Own reason' }),
  },
  {
    name: 'PT with detail and hint',
    request: post('/rpc/fail', { state: 'PT418', message: 'm', detail: 'd', hint: 'h' }),
    response: failure(418, { code: 'PT418', message: 'm', details: 'd', hint: 'h' }),
  },
  {
    name: 'PT without a number is 500',
    request: post('/rpc/fail_bare', { state: 'PTABC', message: 'Own reason' }),
    response: failure(500, { code: 'PTABC', message: 'Own reason' }),
  },
  {
    name: 'PGRST decides status, headers and body',
    request: post('/rpc/fail_pgrst', {
      message: '{"code":"123","message":"M","details":"D","hint":"H"}',
      detail: '{"status":332,"headers":{"X-Header":"str"}}',
    }),
    response: failure(
      332,
      { code: '123', message: 'M', details: 'D', hint: 'H' },
      { 'x-header': 'str' }
    ),
  },
  {
    name: 'PGRST may leave details and hint out',
    request: post('/rpc/fail_pgrst', {
      message: '{"code":"123","message":"M"}',
      detail: '{"status":451,"headers":{}}',
    }),
    response: failure(451, { code: '123', message: 'M' }),
  },
  {
    name: 'PGRST may name its status',
    request: post('/rpc/fail_pgrst', {
      message: '{"code":"123","message":"M"}',
      detail: '{"status":418,"status_text":"My Teapot","headers":{}}',
    }),
    response: failure(418, { code: '123', message: 'M' }),
  },
  {
    name: 'PGRST may set several headers',
    request: post('/rpc/fail_pgrst', {
      message: '{"code":"1","message":"M"}',
      detail: '{"status":400,"headers":{"X-A":"1","X-B":"2"}}',
    }),
    response: failure(400, { code: '1', message: 'M' }, { 'x-a': '1', 'x-b': '2' }),
  },
  {
    name: 'PGRST takes other keys and leaves them out',
    request: post('/rpc/fail_pgrst', {
      message: '{"code":"1","message":"M","more":1}',
      detail: '{"status":400,"headers":{},"more":1}',
    }),
    response: failure(400, { code: '1', message: 'M' }),
  },
  {
    name: 'PGRST with a message that is no JSON is an error of its own',
    request: post('/rpc/fail_pgrst', {
      message: 'nonsense',
      detail: '{"status":400,"headers":{}}',
    }),
    response: failure(500, {
      code: 'PGRST121',
      message: 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error',
      details: "Invalid JSON value for MESSAGE: 'nonsense'",
      hint: "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.",
    }),
    response12: failure(500, {
      code: 'PGRST121',
      message: "The message and detail field of RAISE 'PGRST' error expects JSON",
    }),
  },
  {
    name: 'PGRST with a message without a code is an error of its own',
    request: post('/rpc/fail_pgrst', {
      message: '{"message":"M"}',
      detail: '{"status":400,"headers":{}}',
    }),
    response: failure(500, {
      code: 'PGRST121',
      message: 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error',
      details: 'Invalid JSON value for MESSAGE: \'{"message":"M"}\'',
      hint: "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.",
    }),
    response12: failure(500, {
      code: 'PGRST121',
      message: "The message and detail field of RAISE 'PGRST' error expects JSON",
    }),
  },
  {
    name: 'PGRST with a detail that is no JSON is an error of its own',
    request: post('/rpc/fail_pgrst', { message: '{"code":"1","message":"M"}', detail: 'nonsense' }),
    response: failure(500, {
      code: 'PGRST121',
      message: 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error',
      details: "Invalid JSON value for DETAIL: 'nonsense'",
      hint: "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.",
    }),
    response12: failure(500, {
      code: 'PGRST121',
      message: "The message and detail field of RAISE 'PGRST' error expects JSON",
    }),
  },
  {
    name: 'PGRST with a detail without headers is an error of its own',
    request: post('/rpc/fail_pgrst', {
      message: '{"code":"1","message":"M"}',
      detail: '{"status":400}',
    }),
    response: failure(500, {
      code: 'PGRST121',
      message: 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error',
      details: 'Invalid JSON value for DETAIL: \'{"status":400}\'',
      hint: "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.",
    }),
    response12: failure(500, {
      code: 'PGRST121',
      message: "The message and detail field of RAISE 'PGRST' error expects JSON",
    }),
  },
  {
    name: 'PGRST without a detail is an error of its own',
    request: post('/rpc/fail_pgrst_bare', { message: '{"code":"1","message":"M"}' }),
    response: failure(500, {
      code: 'PGRST121',
      message: 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error',
      details: 'DETAIL is missing in the RAISE statement',
      hint: "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.",
    }),
    response12: failure(500, {
      code: 'PGRST121',
      message: "The message and detail field of RAISE 'PGRST' error expects JSON",
    }),
  },
  {
    name: 'an error undoes what was written, even one that says 200',
    role: 'service_role',
    request: post('/rpc/write_then_fail', { state: 'PT200' }),
    response: answer(
      200,
      { ...json, 'proxy-status': 'PostgREST; error=PT200' },
      '{"code":"PT200","details":null,"hint":null,"message":"failed after writing"}'
    ),
    then: [{ request: get('/logs?level=eq.lost'), response: rows('*/*') }],
  },
  {
    name: 'a function sets status, headers and cookies of the response',
    request: post('/rpc/teapot', {}),
    response: answer(
      418,
      { ...json, 'content-range': '0-0/*', 'x-kettle': 'on', 'set-cookie': 'a=1\nb=2' },
      '{"tea": true}'
    ),
  },
  {
    name: 'a function sets a header',
    request: post('/rpc/set_headers', { headers: '[{"X-One":"1"},{"X-Two":"zwei"}]' }),
    response: answer(
      200,
      { ...json, 'content-range': '0-0/*', 'x-one': '1', 'x-two': 'zwei' },
      '"[{\\"X-One\\":\\"1\\"},{\\"X-Two\\":\\"zwei\\"}]"'
    ),
  },
  {
    name: 'a header that a function sets takes the place of the one that is there',
    request: post('/rpc/set_headers', { headers: '[{"Content-Type":"text/plain"}]' }),
    response: answer(
      200,
      { 'content-range': '0-0/*', 'content-type': 'text/plain' },
      '"[{\\"Content-Type\\":\\"text/plain\\"}]"'
    ),
  },
  {
    name: 'headers that are no list are an error',
    request: post('/rpc/set_headers', { headers: '{"X-One":"1"}' }),
    response: failure(500, {
      code: 'PGRST111',
      message:
        'response.headers guc must be a JSON array composed of objects with a single key and a string value',
    }),
  },
  {
    name: 'headers that are no JSON are an error',
    request: post('/rpc/set_headers', { headers: 'X-One: 1' }),
    response: failure(500, {
      code: 'PGRST111',
      message:
        'response.headers guc must be a JSON array composed of objects with a single key and a string value',
    }),
  },
  {
    name: 'a header with two keys is an error',
    request: post('/rpc/set_headers', { headers: '[{"X-One":"1","X-Two":"2"}]' }),
    response: failure(500, {
      code: 'PGRST111',
      message:
        'response.headers guc must be a JSON array composed of objects with a single key and a string value',
    }),
  },
  {
    name: 'a header that is no text is an error',
    request: post('/rpc/set_headers', { headers: '[{"X-One":1}]' }),
    response: failure(500, {
      code: 'PGRST111',
      message:
        'response.headers guc must be a JSON array composed of objects with a single key and a string value',
    }),
  },
  {
    name: 'an empty list of headers sets none',
    request: post('/rpc/set_headers', { headers: '[]' }),
    response: result('"[]"'),
  },
  {
    name: 'a function sets the status',
    request: post('/rpc/set_status', { status: '202' }),
    response: answer(202, { ...json, 'content-range': '0-0/*' }, '"202"'),
  },
  {
    name: 'a status of its own number',
    request: post('/rpc/set_status', { status: '299' }),
    response: answer(299, { ...json, 'content-range': '0-0/*' }, '"299"'),
  },
  {
    name: 'a status that is no number is an error',
    request: post('/rpc/set_status', { status: 'fine' }),
    response: failure(500, {
      code: 'PGRST112',
      message: 'response.status guc must be a valid status code',
    }),
  },
]
