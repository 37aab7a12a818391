/* Saved state: tables to JSON and back, through lua-cjson. Keys are sorted, depth and size are
 * bounded, and decimals travel as text. The walk itself is written in Lua, below: it runs in the
 * script's own state under its own limits, and a table walk is what Lua is good at. */
#include "script_private.h"

int luaopen_cjson(lua_State *L);

static const char walk_source[] =
    "local cjson, is_decimal, depth_max, bytes_max = ...\n"
    "local pairs, type, tostring, error, format = pairs, type, tostring, error, string.format\n"
    "local concat, tointeger, abs, math_type = table.concat, math.tointeger, math.abs, math.type\n"
    "cjson.decode_max_depth(depth_max)\n"
    "local function number(value)\n"
    "  if value ~= value or value == 1/0 or value == -1/0 then\n"
    "    error('saved state: a number that is not finite', 0)\n"
    "  end\n"
    "  if math_type(value) == 'float' then return format('%.17g', value) end\n"
    "  if abs(value) > 2^53 or value == math.mininteger then\n"
    "    error('saved state: integers past 2^53 are saved as text', 0)\n"
    "  end\n"
    "  return format('%d', value)\n"
    "end\n"
    "local function write(out, value, depth)\n"
    "  local kind = type(value)\n"
    "  if kind == 'string' or kind == 'boolean' then out[#out + 1] = cjson.encode(value)\n"
    "  elseif kind == 'number' then out[#out + 1] = number(value)\n"
    "  elseif is_decimal(value) then out[#out + 1] = '\"' .. tostring(value) .. '\"'\n"
    "  elseif kind ~= 'table' then error('saved state cannot hold a ' .. kind, 0)\n"
    "  elseif depth > depth_max then\n"
    "    error('saved state is nested deeper than ' .. depth_max .. ', or holds itself', 0)\n"
    "  elseif #value > 0 then\n"
    "    for i = 1, #value do\n"
    "      out[#out + 1] = i > 1 and ',' or '['\n"
    "      write(out, value[i], depth + 1)\n"
    "    end\n"
    "    out[#out + 1] = ']'\n"
    "  else\n"
    "    local mark = '{'\n"
    "    for key, item in pairs(value) do\n"
    "      if type(key) ~= 'string' then error('saved state: keys of objects are text', 0) end\n"
    "      out[#out + 1] = mark .. cjson.encode(key) .. ':'\n"
    "      mark = ','\n"
    "      write(out, item, depth + 1)\n"
    "    end\n"
    "    out[#out + 1] = mark == '{' and '{}' or '}'\n"
    "  end\n"
    "  if #out > bytes_max then error('saved state is larger than ' .. bytes_max, 0) end\n"
    "end\n"
    "local function whole(value)\n"
    "  if type(value) == 'number' then return tointeger(value) or value end\n"
    "  if value == cjson.null then return nil end\n"
    "  if type(value) ~= 'table' then return value end\n"
    "  for key, item in pairs(value) do value[key] = whole(item) end\n"
    "  return value\n"
    "end\n"
    "return function(value)\n"
    "  local out = {}\n"
    "  write(out, value, 1)\n"
    "  local text = concat(out)\n"
    "  if #text > bytes_max then error('saved state is larger than ' .. bytes_max, 0) end\n"
    "  return text\n"
    "end, function(text) return whole(cjson.decode(text)) end\n";

void state_encode(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "state.encode");
    lua_insert(L, -2);
    lua_call(L, 1, 1);
}

void state_decode(lua_State *L, const char *text, size_t length)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "state.decode");
    lua_pushlstring(L, text, length);
    lua_call(L, 1, 1);
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
    lua_pushinteger(L, STATE_DEPTH_MAX);
    lua_pushinteger(L, MAX_SCRIPT_STATE);
    lua_call(L, 4, 2);
    lua_setfield(L, LUA_REGISTRYINDEX, "state.decode");
    lua_setfield(L, LUA_REGISTRYINDEX, "state.encode");
}
