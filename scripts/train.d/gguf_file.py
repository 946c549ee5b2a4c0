# Writes trained models as GGUF files for llama-server: matrices as Q8_0,
# everything else as it is.

import gguf
import numpy as np

import bert
import llama
import tasks

NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6


def write(path, arch, name, fields, tensors):
    out = gguf.GGUFWriter(path, arch)
    out.add_name(name)
    out.add_license('BSD-2-Clause')
    out.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    fields(out)
    for key, value in tensors:
        value = value.detach().numpy().astype(np.float32)
        # what is added as it is can't be packed
        if value.ndim == 2 and value.shape[1] % 32 == 0 \
                and key != 'token_types.weight':
            kind = gguf.GGMLQuantizationType.Q8_0
            out.add_tensor(key, gguf.quants.quantize(value, kind),
                           raw_dtype=kind)
        else:
            out.add_tensor(key, value)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def write_llama(path, name, model, vocab):
    shape = model.shape
    inner = shape['inner']

    def fields(out):
        out.add_context_length(shape['context'])
        out.add_embedding_length(shape['width'])
        out.add_block_count(shape['layers'])
        out.add_feed_forward_length(inner)
        out.add_head_count(shape['heads'])
        out.add_head_count_kv(shape['heads'])
        out.add_layer_norm_rms_eps(llama.EPS)
        out.add_rope_dimension_count(shape['width'] // shape['heads'])
        out.add_rope_freq_base(llama.BASE)
        out.add_vocab_size(len(vocab))
        out.add_tokenizer_model('llama')
        out.add_tokenizer_pre('default')
        out.add_token_list(vocab.tokens)
        out.add_token_scores(vocab.scores)
        out.add_token_types(
            [UNKNOWN] + [CONTROL] * (vocab.first_byte - 1)
            + [BYTE] * (vocab.first_piece - vocab.first_byte)
            + [NORMAL] * (len(vocab) - vocab.first_piece))
        out.add_bos_token_id(vocab.bos)
        out.add_eos_token_id(vocab.eos)
        out.add_unk_token_id(0)
        out.add_add_bos_token(True)
        out.add_add_space_prefix(False)
        out.add_chat_template(tasks.template())

    tensors = [('token_embd.weight', model.embed.weight),
               ('output_norm.weight', model.norm)]
    for i, layer in enumerate(model.layers):
        q, k, v = layer.qkv.weight.chunk(3)
        gate, up = layer.gate_up.weight.chunk(2)
        tensors += [(f'blk.{i}.{key}.weight', value) for key, value in (
            ('attn_norm', layer.attn_norm), ('attn_q', q), ('attn_k', k),
            ('attn_v', v), ('attn_output', layer.out.weight),
            ('ffn_norm', layer.ffn_norm), ('ffn_gate', gate), ('ffn_up', up),
            ('ffn_down', layer.down.weight))]
    write(path, 'llama', name, fields, tensors)


def write_bert(path, name, model, pieces, labels):
    def fields(out):
        out.add_context_length(bert.CONTEXT)
        out.add_embedding_length(bert.WIDTH)
        out.add_block_count(bert.LAYERS)
        out.add_feed_forward_length(bert.INNER)
        out.add_head_count(bert.HEADS)
        out.add_head_count_kv(bert.HEADS)
        out.add_layer_norm_eps(bert.EPS)
        out.add_causal_attention(False)
        out.add_pooling_type(gguf.PoolingType.RANK)
        out.add_array('bert.classifier.output_labels', labels)
        out.add_vocab_size(len(pieces.tokens))
        out.add_tokenizer_model('bert')
        out.add_tokenizer_pre('default')
        out.add_token_list(pieces.tokens)
        out.add_token_types([CONTROL] * len(bert.SPECIAL) + [NORMAL]
                            * (len(pieces.tokens) - len(bert.SPECIAL)))
        out.add_token_type_count(2)
        out.add_pad_token_id(bert.PAD)
        out.add_unk_token_id(bert.UNK)
        out.add_bos_token_id(bert.CLS)
        out.add_uint32('tokenizer.ggml.cls_token_id', bert.CLS)
        out.add_sep_token_id(bert.SEP)
        out.add_mask_token_id(4)

    def both(key, module):
        return [(key + '.weight', module.weight), (key + '.bias', module.bias)]

    tensors = [('token_embd.weight', model.embed.weight),
               ('position_embd.weight', model.place.weight),
               ('token_types.weight', model.kind.weight)]
    tensors += both('token_embd_norm', model.norm)
    for i, layer in enumerate(model.layers):
        for key, w, b in zip('qkv', layer.qkv.weight.chunk(3),
                             layer.qkv.bias.chunk(3)):
            tensors += [(f'blk.{i}.attn_{key}.weight', w),
                        (f'blk.{i}.attn_{key}.bias', b)]
        for key, module in (('attn_output', layer.out),
                            ('attn_output_norm', layer.norm1),
                            ('ffn_up', layer.up), ('ffn_down', layer.down),
                            ('layer_output_norm', layer.norm2)):
            tensors += both(f'blk.{i}.{key}', module)
    tensors += both('cls', model.dense) + both('cls.output', model.head)
    write(path, 'bert', name, fields, tensors)
