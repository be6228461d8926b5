// What must happen in one step, in Lua. `KEYS` names the stream of a log; the names of its other parts are made from
// the shard's, which keeps them in the same slot. Numbers are written out: Lua would round a large one.

const COMMON = `
local shard, id = ARGV[1], ARGV[2]
local function key(kind, name) return shard .. ':' .. kind .. ':' .. name end
local log, meta, lease = key('log', id), key('meta', id), key('lease', id)

local function place(epoch, sequence) return epoch .. '-' .. string.format('%.0f', sequence) end

-- Where a log stands: the epoch and number of its newest entry, and how it ended.
local function top(id, epoch)
  local newest = redis.call('XREVRANGE', key('log', id), '+', '-', 'COUNT', 1)[1]
  if not newest then return epoch, 0, nil, nil end
  local its, sequence = string.match(newest[1], '^(%d+)-(%d+)$')
  return its, tonumber(sequence), newest[2][4], newest[1]
end

-- A log and what finds it stay for so long from now.
local function keep(id, ms)
  for _, kind in ipairs({'log', 'meta', 'publishers'}) do redis.call('PEXPIRE', key(kind, id), ms) end
  local owner = redis.call('HGET', key('meta', id), 'owner')
  if owner and redis.call('PTTL', key('owner', owner)) < tonumber(ms) then
    redis.call('PEXPIRE', key('owner', owner), ms)
  end
end

local function info(id)
  local known = redis.call('HMGET', key('meta', id), 'epoch', 'owner', 'fingerprint')
  if not known[1] then return false end
  local _, _, outcome, newest = top(id, known[1])
  local held = not outcome and redis.call('EXISTS', key('lease', id)) or 0
  return {id, known[1], known[2], known[3], newest or false, outcome or false, held}
end

-- Adds ARGV[from], ARGV[from + 1] ... behind the number that is the last. The very last one says how the log ended.
local function add(epoch, sequence, from, outcome)
  for at = from, #ARGV do
    sequence = sequence + 1
    if outcome ~= '' and at == #ARGV then
      redis.call('XADD', log, place(epoch, sequence), 'f', ARGV[at], 'o', outcome)
    else
      redis.call('XADD', log, place(epoch, sequence), 'f', ARGV[at])
    end
  end
  return sequence
end

local function tell(what)
  redis.call('XADD', shard .. ':control', 'MAXLEN', '~', 1000, '*', what, id)
  redis.call('PEXPIRE', shard .. ':control', 86400000)
end
`;

const CREATE = `
local there = info(id)
if there then return {0, there} end
local epoch, maxEvents, maxBytes, maxAge, leaseMs = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
redis.call('DEL', log, key('publishers', id), lease)
-- A stream that is empty and there.
redis.call('XGROUP', 'CREATE', log, 'g', '0', 'MKSTREAM')
redis.call('XGROUP', 'DESTROY', log, 'g')
redis.call('HSET', meta, 'epoch', epoch, 'events', maxEvents, 'bytes', maxBytes, 'age', maxAge, 'lease', leaseMs)
if ARGV[8] == '1' then redis.call('HSET', meta, 'owner', ARGV[9]) end
if ARGV[10] == '1' then redis.call('HSET', meta, 'fingerprint', ARGV[11]) end
if leaseMs ~= '0' then redis.call('SET', lease, epoch, 'PX', leaseMs) end
if ARGV[8] == '1' then
  local owner = key('owner', ARGV[9])
  -- A few of the oldest are looked at each time, so that the index does not outgrow what is there.
  for _, old in ipairs(redis.call('ZRANGE', owner, 0, 3)) do
    if redis.call('EXISTS', key('meta', old)) == 0 then redis.call('ZREM', owner, old) end
  end
  local time = redis.call('TIME')
  local newest = redis.call('ZREVRANGE', owner, 0, 0, 'WITHSCORES')
  local now = math.max(time[1] * 1000000 + time[2], (tonumber(newest[2]) or 0) + 1)
  redis.call('ZADD', owner, string.format('%.0f', now), id)
end
keep(id, string.format('%.0f', maxAge + leaseMs))
return {1, info(id)}
`;

const APPEND = `
local epoch, first, outcome, oldest = ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local known = redis.call('HMGET', meta, 'epoch', 'events', 'bytes', 'age', 'lease')
if not known[1] then return {'missing'} end
local its, last, ended = top(id, known[1])
local there, count = last - first + 1, #ARGV - 6
local answer = {'ok', known[2], known[3], known[5]}
if its == epoch and there >= count then return answer end
if its ~= epoch or there < 0 or ended then return {'fenced'} end
add(epoch, last, 7 + there, outcome)
redis.call('XTRIM', log, 'MAXLEN', '=', known[2])
if oldest ~= '' then redis.call('XTRIM', log, 'MINID', '=', place(epoch, tonumber(oldest))) end
if outcome ~= '' then redis.call('DEL', lease) end
if outcome ~= '' or known[5] == '0' then keep(id, known[4]) end
return answer
`;

const PUBLISH = `
local publisher, published = ARGV[3], tonumber(ARGV[4])
local known = redis.call('HMGET', meta, 'epoch', 'events', 'bytes', 'age', 'held')
if not known[1] then return 'missing' end
local epoch, last, ended = top(id, known[1])
if ended then return 'fenced' end
local publishers, count = key('publishers', id), #ARGV - 4
local said = redis.call('HGET', publishers, publisher)
local before = said and tonumber(string.match(said, '^%d+')) or published
local from = 5 + math.max(0, before - published)
add(epoch, last, from, '')
local now = redis.call('TIME')[1]
redis.call('HSET', publishers, publisher, string.format('%.0f', math.max(before, published + count)) .. ' ' .. now)
if not said and redis.call('HLEN', publishers) > 1000 then
  local all, pairs = redis.call('HGETALL', publishers), {}
  for at = 1, #all, 2 do
    pairs[#pairs + 1] = {all[at], tonumber(string.match(all[at + 1], '%d+$'))}
  end
  table.sort(pairs, function(a, b) return a[2] < b[2] end)
  for at = 1, 100 do
    if pairs[at][1] ~= publisher then redis.call('HDEL', publishers, pairs[at][1]) end
  end
end
local bytes = tonumber(known[5] or 0)
for at = from, #ARGV do bytes = bytes + #ARGV[at] end
local length, most, mostBytes = redis.call('XLEN', log), tonumber(known[2]), tonumber(known[3])
local function full() return length > 1 and (length > most or bytes > mostBytes) end
while full() do
  for _, entry in ipairs(redis.call('XRANGE', log, '-', '+', 'COUNT', 64)) do
    if full() then length, bytes = length - 1, bytes - #entry[2][2] end
  end
  redis.call('XTRIM', log, 'MAXLEN', '=', length)
end
redis.call('HSET', meta, 'held', string.format('%.0f', math.max(0, bytes)))
-- A log that is held stays as long as its lease says, and who publishes to it is remembered as long.
if redis.call('EXISTS', lease) == 0 then keep(id, known[4])
else redis.call('PEXPIRE', publishers, redis.call('PTTL', log)) end
return 'ok'
`;

const SEAL = `
local epoch, outcome = ARGV[3], ARGV[4]
local known = redis.call('HMGET', meta, 'epoch', 'events', 'age')
if not known[1] or redis.call('EXISTS', lease) == 1 then return 0 end
local its, last, ended = top(id, known[1])
if ended or tonumber(epoch) <= tonumber(its) then return 0 end
add(epoch, last, 5, outcome)
redis.call('XTRIM', log, 'MAXLEN', '=', known[2])
keep(id, known[3])
return 1
`;

const RENEW = `
local lost = {}
for at = 2, #ARGV, 3 do
  local id, epoch, leaseMs = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local known = redis.call('HMGET', key('meta', id), 'epoch', 'age')
  local its, _, ended = nil, nil, nil
  if known[1] then its, _, ended = top(id, known[1]) end
  if known[1] == epoch and its == epoch and not ended then
    redis.call('SET', key('lease', id), epoch, 'PX', leaseMs)
    keep(id, string.format('%.0f', known[2] + leaseMs))
  else
    lost[#lost + 1] = id
  end
end
return lost
`;

const LIST = `
local owner, found = key('owner', id), {}
local all = redis.call('ZREVRANGE', owner, 0, -1, 'WITHSCORES')
for at = 1, #all, 2 do
  local one = info(all[at])
  if one then found[#found + 1] = {all[at + 1], one} else redis.call('ZREM', owner, all[at]) end
end
return found
`;

const REMOVE = `
local known = redis.call('HMGET', meta, 'epoch', 'owner')
redis.call('DEL', log, meta, lease, key('publishers', id))
if known[2] then redis.call('ZREM', key('owner', known[2]), id) end
if not known[1] then return 0 end
tell('removed')
return 1
`;

const WAKE = `
redis.call('XADD', KEYS[1], 'MAXLEN', '=', 1, '*', 'w', '')
redis.call('PEXPIRE', KEYS[1], 600000)
`;

const STATE = `
local epoch = redis.call('HGET', meta, 'epoch')
if not epoch then return false end
local _, _, outcome, newest = top(id, epoch)
return {newest or false, outcome or false}
`;

/** The scripts by name. The first two arguments of each are the shard and a log's id, or what stands for it. */
export const SCRIPTS = {
  create: COMMON + CREATE,
  append: COMMON + APPEND,
  publish: COMMON + PUBLISH,
  seal: COMMON + SEAL,
  renew: COMMON + RENEW,
  list: COMMON + LIST,
  remove: COMMON + REMOVE,
  info: `${COMMON}return info(id)`,
  state: COMMON + STATE,
  requestStop: `${COMMON}tell('stop')`,
  wake: WAKE,
} as const;

export type ScriptName = keyof typeof SCRIPTS;
