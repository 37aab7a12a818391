/* Saved state: tables to JSON and back, through lua-cjson. Keys are sorted, depth and size are
 * bounded, and decimals travel as text. The walk itself is written in Lua, below: it runs in the
 * script's own state under its own limits, and a table walk is what Lua is good at. It is raw: no
 * metamethod of the script's runs inside. */
#include "api.h"

int luaopen_cjson(lua_State *L);

static const char STATE_ENCODE, STATE_DECODE;

static const char walk_source[] =
    "local cjson, is_decimal, sorted_keys, depth_max, bytes_max = ...\n"
    "local type, tostring, error, format = type, tostring, error, string.format\n"
    "local tonumber = tonumber\n"
    "local concat, tointeger, math_type, utf8_len = table.concat, math.tointeger, math.type,\n"
    "  utf8.len\n"
    "local rawget, rawlen = rawget, rawlen\n"
    "cjson.decode_max_depth(depth_max)\n"
    "cjson.decode_invalid_numbers(false)\n"
    "local write\n"
    "local function put(out, text)\n"
    "  out.bytes = out.bytes + #text\n"
    "  if out.bytes > bytes_max then\n"
    "    error('saved state is larger than ' .. bytes_max .. ' bytes', 0)\n"
    "  end\n"
    "  out[#out + 1] = text\n"
    "end\n"
    "local function write_text(out, value)\n"
    "  if #value > bytes_max then put(out, value) end\n"
    "  if not utf8_len(value) then error('saved state: a text is not UTF-8', 0) end\n"
    "  put(out, cjson.encode(value))\n"
    "end\n"
    "local function write_number(out, value)\n"
    "  if value ~= value or value == 1/0 or value == -1/0 then\n"
    "    error('saved state: a number that is not finite', 0)\n"
    "  end\n"
    "  if math_type(value) == 'float' then\n"
    "    local short = format('%.15g', value)\n"
    "    return put(out, tonumber(short) == value and short or format('%.17g', value))\n"
    "  end\n"
    "  if value > 2^53 or value < -2^53 then\n"
    "    error('saved state: integers past 2^53 are saved as text: tostring(x)', 0)\n"
    "  end\n"
    "  put(out, format('%d', value))\n"
    "end\n"
    "local function write_array(out, value, keys, depth)\n"
    "  for i = 1, #keys do\n"
    "    if keys[i] ~= i then\n"
    "      error('saved state: a table is an array without holes or has text keys', 0)\n"
    "    end\n"
    "    put(out, i > 1 and ',' or '[')\n"
    "    write(out, rawget(value, i), depth + 1)\n"
    "  end\n"
    "  put(out, ']')\n"
    "end\n"
    "local function write_object(out, value, keys, depth)\n"
    "  put(out, '{')\n"
    "  for i = 1, #keys do\n"
    "    if type(keys[i]) ~= 'string' then\n"
    "      error('saved state: a table is an array without holes or has text keys', 0)\n"
    "    end\n"
    "    if i > 1 then put(out, ',') end\n"
    "    write_text(out, keys[i])\n"
    "    put(out, ':')\n"
    "    write(out, rawget(value, keys[i]), depth + 1)\n"
    "  end\n"
    "  put(out, '}')\n"
    "end\n"
    "function write(out, value, depth)\n"
    "  local kind = type(value)\n"
    "  if kind == 'string' then write_text(out, value)\n"
    "  elseif kind == 'boolean' then put(out, value and 'true' or 'false')\n"
    "  elseif kind == 'number' then write_number(out, value)\n"
    "  elseif is_decimal(value) then put(out, '\"' .. tostring(value) .. '\"')\n"
    "  elseif kind ~= 'table' then error('saved state cannot hold a ' .. kind, 0)\n"
    "  elseif depth > depth_max then\n"
    "    error('saved state is nested deeper than ' .. depth_max .. ', or holds itself', 0)\n"
    "  else\n"
    "    local keys = sorted_keys(value)\n"
    "    if rawlen(value) > 0 then write_array(out, value, keys, depth)\n"
    "    else write_object(out, value, keys, depth) end\n"
    "  end\n"
    "end\n"
    "local function whole(value)\n"
    "  if type(value) == 'number' then return tointeger(value) or value end\n"
    "  if value == cjson.null then return nil end\n"
    "  if type(value) ~= 'table' then return value end\n"
    "  local keys = sorted_keys(value)\n"
    "  for i = 1, #keys do value[keys[i]] = whole(value[keys[i]]) end\n"
    "  return value\n"
    "end\n"
    "return function(value)\n"
    "  local out = {bytes = 0}\n"
    "  write(out, value, 1)\n"
    "  return concat(out)\n"
    "end, function(text) return whole(cjson.decode(text)) end\n";

void state_encode(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &STATE_ENCODE);
    lua_insert(L, -2);
    lua_call(L, 1, 1);
}

void state_decode(lua_State *L, const char *text, size_t length)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &STATE_DECODE);
    lua_pushlstring(L, text, length);
    lua_call(L, 1, 1);
}

static int walk_keys(lua_State *L)
{
    tables_push_keys(L, 1);
    return 1;
}

void api_open_state(lua_State *L)
{
    if (luaL_loadbufferx(L, walk_source, sizeof(walk_source) - 1, "=saved state", "t") != LUA_OK)
        lua_error(L);
    lua_pushcfunction(L, luaopen_cjson);
    lua_call(L, 0, 1);
    lua_getglobal(L, "decimal");
    lua_getfield(L, -1, "is");
    lua_remove(L, -2);
    lua_pushcfunction(L, walk_keys);
    lua_pushinteger(L, STATE_DEPTH_MAX);
    lua_pushinteger(L, MAX_SCRIPT_STATE);
    lua_call(L, 5, 2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &STATE_DECODE);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &STATE_ENCODE);
}
